import { fileURLToPath } from 'node:url'
import { startFake } from './fake.js'
import { STOREFRONT } from './storefront.js'

/** `tsx src/web/dev/serve.ts [port] [copies]`: the built page on invented values; copies fills the wall. */
const [port = '4100', copies = '1'] = process.argv.slice(2)
const metrics = Array.from({ length: Number(copies) }, (_, copy) =>
  STOREFRONT.map(metric =>
    copy === 0 ? metric : { ...metric, entry: { ...metric.entry, name: `${metric.entry.name}_${copy}` } },
  ),
).flat()
const fake = await startFake({
  metrics,
  port: Number(port),
  page: fileURLToPath(new URL('../../../dist/web', import.meta.url)),
})
console.log(fake.url)
