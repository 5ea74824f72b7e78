import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { expect, test } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { cache } from '~/api/cache'
import type { Schema } from '~/api/client'
import { theme, variables } from '~/theme'
import { Shown } from './Erasure'

type View = Schema['ErasureView']

const ME = '6277d19e-0296-4624-81fa-7e5eaceff94c'
const OTHER = 'b81d2f8c-b538-44f1-a66b-489d92270ac5'
const none: View = {
  trainee_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  version: 3,
  state: 'none',
  trainee_ids: ['0f8fad5b-d9cb-469f-a165-70867728950e'],
  kept_until: '2026-01-31',
  policy_version: 1,
  obstacles: [],
  copies: []
}
const asked: View = { ...none, state: 'asked', asked_at: '2026-11-23T01:00:00Z', reason: 'They asked for it' }

async function shown(view: View) {
  cache.setQueryData(['get', '/api/v1/auth/me', {}], { id: ME, name: 'Demo Admin', permissions: {}, roles: ['admin'] })
  await render(
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <QueryClientProvider client={cache}>
        <Shown of={view} />
      </QueryClientProvider>
    </MantineProvider>
  )
}

test('it is asked for when nothing stands in the way', async () => {
  await shown(none)
  await page.getByRole('button', { name: 'Ask for erasure' }).click()
  await expect.element(page.getByRole('dialog')).toHaveTextContent('Another administrator has to agree')
})

test('an obstacle is named, and asking does nothing', async () => {
  await shown({ ...none, obstacles: [{ code: 'retention', message: 'Records are kept until 2031-12-03.' }] })
  await expect.element(page.getByRole('list', { name: 'Obstacles' })).toHaveTextContent('2031-12-03')
  const ask = page.getByRole('button', { name: 'Ask for erasure' })
  await expect.element(ask).toHaveAttribute('aria-disabled', 'true')
  ask.element().dispatchEvent(new MouseEvent('click', { bubbles: true }))
  expect(page.getByRole('dialog').elements()).toHaveLength(0)
})

test('who asked cannot agree, and may still decline', async () => {
  await shown({ ...asked, asked_by: ME })
  const agree = page.getByRole('button', { name: 'Agree to erasure' })
  await expect.element(agree).toHaveAttribute('aria-disabled', 'true')
  await expect
    .element(agree)
    .toHaveAttribute('aria-description', 'You asked for it yourself: another administrator has to agree.')
  await expect.element(page.getByRole('button', { name: 'Decline' })).toBeEnabled()
})

test('another administrator agrees, and is told that it is for ever', async () => {
  await shown({ ...asked, asked_by: OTHER })
  await page.getByRole('button', { name: 'Agree to erasure' }).click()
  await expect.element(page.getByRole('dialog', { name: 'Erase this person?' })).toHaveTextContent('cannot be undone')
})

test('done, it says of every service whether something is left, and offers nothing more', async () => {
  const copies = [
    { service: 'enrolment', erased_at: '2026-11-24T01:00:00Z' },
    { service: 'tpg-sync', erased_at: null }
  ]
  await shown({ ...asked, state: 'erased', asked_by: OTHER, agreed_by: ME, agreed_at: '2026-11-24T01:00:00Z', copies })
  await expect.element(page.getByText('Nothing left since 24 Nov 2026, 09:00 SGT')).toBeVisible()
  await expect.element(page.getByText('Not yet said')).toBeVisible()
  expect(page.getByRole('button', { name: /erasure|Decline/ }).elements()).toHaveLength(0)
})
