import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The React hook as a small library: react stays the app's own. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL('../../dist/web', import.meta.url)),
    emptyOutDir: false,
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL('hook/useRealtimeMetric.ts', import.meta.url)),
      formats: ['es'],
      fileName: () => 'react.js',
    },
    rollupOptions: { external: ['react'] },
  },
})
