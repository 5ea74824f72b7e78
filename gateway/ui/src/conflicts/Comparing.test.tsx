import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { cleanNotifications, Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { cache } from '~/api/cache'
import { api } from '~/api/client'
import { useCommand } from '~/api/command'
import { Problem } from '~/api/problem'
import { theme, variables } from '~/theme'
import { Comparing } from './Comparing'
import type { Fields } from './differences'

const ID = '01a22124-1f18-72d6-a562-b4aff34d2fc1'
const SEEN = { id: ID, version: 3, status: 'draft', intake_size: 20, schedule_info: 'Two days' }
const WANTED = { intake_size: 25, schedule_info: 'Three days' }

function refused(status: number): Problem {
  return new Problem(
    { status, code: 'stale', detail: 'It was changed meanwhile.' },
    {
      correlationId: `6277d19e-0296-4624-81fa-7e5eaceff9${status % 100}`,
      request: { path: `/api/v1/course-runs/${ID}/publish`, version: 3, body: WANTED }
    }
  )
}

function Desk({ status, settle }: { status: number; settle?: (chosen: Fields, now: Fields) => void }) {
  const save = useCommand<true, unknown>(() => Promise.reject(refused(status)), { affects: [], done: () => '', settle })
  return <button onClick={() => void save.run(true)}>Save</button>
}

async function at(status: number, now: Fields, settle?: (chosen: Fields, now: Fields) => void) {
  cache.setQueryData(['get', '/api/v1/course-runs', {}], { pages: [{ items: [SEEN] }] })
  vi.spyOn(api, 'GET').mockResolvedValue({ data: now } as never)
  await render(
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <QueryClientProvider client={cache}>
        <Notifications />
        <Desk status={status} settle={settle} />
        <Comparing />
      </QueryClientProvider>
    </MantineProvider>
  )
  await page.getByRole('button', { name: 'Save' }).click()
}

const offer = page.getByRole('button', { name: 'Reload and compare' })
const dialog = page.getByRole('dialog', { name: 'What changed' })

beforeEach(() => cleanNotifications())
afterEach(() => {
  vi.restoreAllMocks()
  cache.clear()
})

test('a command that came too late shows field by field what was seen, what is there now and what was wanted', async () => {
  await at(412, { ...SEEN, version: 4, status: 'discarded', intake_size: 18 })
  await offer.click()
  await expect.element(dialog.getByRole('row', { name: 'Status Draft Discarded' })).toBeVisible()
  await expect.element(dialog.getByRole('row', { name: 'Intake size 20 18 25' })).toBeVisible()
  await expect.element(dialog.getByRole('row', { name: 'Schedule info Two days Two days Three days' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect.element(dialog).not.toBeInTheDocument()
})

test('a form lets one choose between mine and theirs, and gets the choice back', async () => {
  const settled = vi.fn()
  const now = { ...SEEN, version: 4, intake_size: 18, schedule_info: 'One day' }
  await at(412, now, settled)
  await offer.click()
  const theirs = dialog.getByRole('radiogroup', { name: 'Whose intake size' }).getByText('Theirs')
  await theirs.click()
  await dialog.getByRole('button', { name: 'Put back what I chose' }).click()
  expect(settled).toHaveBeenCalledExactlyOnceWith({ intake_size: 18, schedule_info: 'Three days' }, now)
  await expect.element(dialog).not.toBeInTheDocument()
})

test('taking theirs leaves the form alone', async () => {
  const settled = vi.fn()
  await at(412, { ...SEEN, version: 4, intake_size: 18 }, settled)
  await offer.click()
  await dialog.getByRole('button', { name: 'Take theirs' }).click()
  await expect.element(dialog).not.toBeInTheDocument()
  expect(settled).not.toHaveBeenCalled()
})

test('a conflict offers to compare only when there is a newer version', async () => {
  await at(409, { ...SEEN })
  await expect.element(page.getByRole('alert')).toBeVisible()
  await expect.element(offer).not.toBeInTheDocument()
})

test('and it does when there is', async () => {
  await at(409, { ...SEEN, version: 4, status: 'open' })
  await expect.element(offer).toBeVisible()
})
