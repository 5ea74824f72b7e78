import { brotliCompressSync, constants } from 'node:zlib'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const GATEWAY = process.env.TMS_GATEWAY ?? 'http://127.0.0.1:8080'

const toGateway = { target: GATEWAY, changeOrigin: false }
// Journeys ask whether the system is ready before they begin.
const PROXY = { '/api': toGateway, '/readyz': toGateway }

export default defineConfig({
  plugins: [react(), brotli()],
  resolve: { alias: { '~': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    // Newer than Vite's own default, which would rewrite light-dark() so that it no longer sees Mantine's scheme.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // Everything is a file of its own: the content policy allows no data: fonts and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    manifest: true,
    rolldownOptions: {
      onLog(level, log, tell) {
        // Mantine's schedule looks for two shapes of rrule and has one; nothing of ours recurs by a rule.
        if (log.code !== 'IMPORT_IS_UNDEFINED' || !log.message.includes('rrule')) tell(level, log)
      }
    }
  },
  server: { proxy: PROXY },
  preview: { proxy: PROXY }
})

/** Sent by the gateway as they are. In writeBundle: earlier, Vite has not put its preload marks in yet. */
function brotli(): Plugin {
  return {
    name: 'brotli',
    apply: 'build',
    writeBundle({ dir }) {
      for (const entry of readdirSync(dir!, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        if (!/\.(js|css|html|svg|json)$/.test(entry.name)) continue
        const content = readFileSync(path)
        const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }
        writeFileSync(`${path}.br`, brotliCompressSync(content, options))
      }
    }
  }
}
