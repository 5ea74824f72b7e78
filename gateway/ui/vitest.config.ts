import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import packages from './package.json' with { type: 'json' }

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

// Bundled before the first test: what is found later reloads the page under a test that runs.
const WITHOUT_CODE = ['@fontsource-variable/inter', '@mantine/schedule', 'dayjs', 'react-dom']
const bundled = Object.keys(packages.dependencies).filter((name) => !WITHOUT_CODE.includes(name))
bundled.push('react/jsx-dev-runtime', 'react-dom/client', 'vitest-browser-react')

// Two rings: what reckons runs in Node, what is seen and pressed runs in Chromium at a desk in New York.
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('src', import.meta.url)) } },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'logic', environment: 'node', include: ['src/**/*.test.ts'], env: { TZ: 'America/New_York' } }
      },
      {
        extends: true,
        optimizeDeps: { include: bundled },
        test: {
          name: 'components',
          include: ['src/**/*.test.tsx'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              launchOptions: { executablePath: process.env.TMS_CHROMIUM, args: FLAGS },
              contextOptions: { timezoneId: 'America/New_York' }
            })
          }
        }
      }
    ]
  }
})
