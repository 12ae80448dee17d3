/** Builds the console into `dist/console`, which `office` serves. Dependencies that change rarely get chunks of their own, so that browsers keep them. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const office = process.env['SWITCHROOM_OFFICE'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: here,
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/console', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy forbids data: fonts and scripts; files are cached for good by their hash anyway.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
            { name: 'mantine', test: /node_modules[\\/](@mantine|clsx)[\\/]/, priority: 1 },
            { name: 'frame', test: /node_modules[\\/](@tanstack|i18next|react-i18next|use-sync-external-store)[\\/]/, priority: 1 },
            // What every page needs, in one piece instead of a dozen crumbs; other languages and the telephone's SIP side stay apart.
            {
              name: 'common',
              test: /src[\\/](kernel|console[\\/](parts|api|format|layout[\\/]page-states|i18n[\\/](en|languages)|phone[\\/](page-phone|softphone)))[\\/.-]/,
            },
          ],
        },
      },
    },
  },
  server: {
    // `vite --config src/console/vite.config.ts` for work on the console against a running office.
    proxy: { '/api': { target: office, ws: true } },
  },
})
