import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { cleanNotifications, Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { beforeEach, expect, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { cache } from '~/api/cache'
import { Problem } from '~/api/problem'
import { theme, variables } from '~/theme'
import { tellDone, tellProblem } from './notices'

const ID = '6277d19e-0296-4624-81fa-7e5eaceff94c'
const TRACE = 'b81d2f8cb53824f1f66b489d92270ac5'
const refused = new Problem(
  {
    status: 422,
    code: 'invalid',
    detail: 'The run cannot be published yet.',
    errors: [{ field: 'venue', code: 'required', message: 'The venue is missing.', fix: 'Enter the venue.' }]
  },
  { correlationId: ID, response: new Response(null, { headers: { 'x-trace-id': TRACE } }) }
)

beforeEach(async () => {
  cleanNotifications()
  await render(
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <QueryClientProvider client={cache}>
        <Notifications />
      </QueryClientProvider>
    </MantineProvider>
  )
})

test('a problem says what happened and what to do, and gives its whole id to take away', async () => {
  const copied = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
  tellProblem(refused)
  const notice = page.getByRole('alert')
  await expect.element(notice).toHaveTextContent('The run cannot be published yet.')
  await expect.element(notice).toHaveTextContent('The venue is missing. Enter the venue.')
  await expect.element(notice).toHaveTextContent(ID)
  await page.getByRole('button', { name: 'Copy correlation id' }).click()
  expect(copied).toHaveBeenCalledExactlyOnceWith(ID)
})

test('it stays until it is dismissed', async () => {
  tellProblem(refused)
  await expect.element(page.getByRole('alert')).toBeVisible()
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument()
})

test('the trace is linked where this deployment has a place for traces', async () => {
  cache.setQueryData(['get', '/api/v1/ui-config', {}], {
    now: '2026-11-23T06:00:00Z',
    environment: 'test',
    trace_url: 'https://traces.example/{trace_id}'
  })
  tellProblem(refused)
  await expect
    .element(page.getByRole('link', { name: 'Open trace' }))
    .toHaveAttribute('href', `https://traces.example/${TRACE}`)
})

test('what worked is told in passing', async () => {
  tellDone('Run 849900 is published.')
  await expect.element(page.getByText('Run 849900 is published.')).toBeVisible()
  expect(page.getByRole('alert').elements()).toHaveLength(0)
})
