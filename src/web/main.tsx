import { createRoot } from 'react-dom/client'
import { App } from './components/App.js'
import { PageContext } from './components/context.js'
import { pageAddress } from './lib/address.js'
import { startDashboard } from './lib/dashboard.js'
import { startTheme } from './lib/theme.js'
import 'uplot/dist/uPlot.min.css'
import './style/font.css'
import './style/tokens.css'
import './style/page.css'
import './style/card.css'
import './style/detail.css'

const page = { theme: startTheme(), dashboard: startDashboard(pageAddress(location.href)) }
createRoot(document.getElementById('root')!).render(
  <PageContext value={page}>
    <App />
  </PageContext>,
)
