import '@mantine/core/styles.css'
import { MantineProvider, TextInput } from '@mantine/core'
import { useState } from 'react'
import { expect, test } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { theme, variables } from '~/theme'
import { SidePanel } from './SidePanel'

function Shown() {
  const [opened, open] = useState(false)
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <button type="button" onClick={() => open(true)}>
        Open
      </button>
      <SidePanel title="Venue" opened={opened} close={() => open(false)}>
        <TextInput label="Name" />
      </SidePanel>
    </MantineProvider>
  )
}

async function opened() {
  await page.viewport(1200, 800)
  await render(<Shown />)
  await page.getByRole('button', { name: 'Open' }).click()
  await expect.element(page.getByRole('dialog')).toBeVisible()
}

const beside = () => userEvent.click(document.body, { position: { x: 40, y: 400 }, force: true })

test('given nothing was typed, a click beside the panel closes it', async () => {
  await opened()
  await beside()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
})

test('given something was typed, a click beside the panel keeps it, and closing it is asked for', async () => {
  await opened()
  await page.getByLabelText('Name').fill('Demo Kitchen (synthetic)')
  await beside()
  await expect.element(page.getByLabelText('Name')).toHaveValue('Demo Kitchen (synthetic)')
  await page.getByRole('button', { name: 'Close' }).click()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
})

test('given it was closed with something typed, a click beside it closes it once more', async () => {
  await opened()
  await page.getByLabelText('Name').fill('Demo')
  await userEvent.keyboard('{Escape}')
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  await page.getByRole('button', { name: 'Open' }).click()
  await expect.element(page.getByRole('dialog')).toBeVisible()
  await beside()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
})
