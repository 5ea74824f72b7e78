import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { useState } from 'react'
import { expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { theme, variables } from '~/theme'
import { DataTable, type Column } from './DataTable'

type Row = { id: string; name: string; seats: number }

const columns: readonly Column<Row>[] = [
  { id: 'name', head: 'Course', sort: (row) => row.name, cell: (row) => <a href={`#${row.id}`}>{row.name}</a> },
  { id: 'seats', head: 'Seats', right: true, sort: (row) => row.seats, cell: (row) => row.seats }
]
const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }

function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `r${index}`,
    name: `Course ${String(index).padStart(4, '0')}`,
    seats: (index * 7) % 50
  }))
}

type Props = { of: Row[]; open?: (row: Row) => void; more?: boolean }

function Shown({ of, open, more = false }: Props) {
  const [ids, set] = useState<readonly string[]>([])
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <DataTable
        label="Courses"
        rows={of}
        id={(row) => row.id}
        columns={columns}
        of={{ ...STILL, hasNextPage: more }}
        open={open}
        select={{ ids, set }}
        empty="Nothing yet."
      />
      <output>{ids.join(' ')}</output>
    </MantineProvider>
  )
}

async function wide() {
  await page.viewport(1200, 800)
}

function seats(): number[] {
  const [, ...lines] = page.getByRole('row').elements()
  return lines.map((line) => Number(line.lastElementChild!.textContent))
}

function link(name: string) {
  return page.getByRole('link', { name })
}

test('sorts by a column, there and back', async () => {
  await wide()
  await render(<Shown of={rows(12)} />)
  const head = page.getByRole('columnheader', { name: 'Seats' })
  await page.getByRole('button', { name: 'Seats' }).click()
  await expect.element(head).toHaveAttribute('aria-sort', 'ascending')
  expect(seats()).toEqual(seats().toSorted((a, b) => a - b))
  await page.getByRole('button', { name: 'Seats' }).click()
  await expect.element(head).toHaveAttribute('aria-sort', 'descending')
  expect(seats()).toEqual(seats().toSorted((a, b) => b - a))
})

test('does not offer to sort a part as if it were the whole', async () => {
  await wide()
  await render(<Shown of={rows(12)} more />)
  expect(page.getByRole('button', { name: 'Seats' }).elements()).toHaveLength(0)
  await expect.element(page.getByText('12 shown, there are more')).toBeVisible()
})

test('the arrow keys follow the rows, a click opens one, a link inside is only a link', async () => {
  await wide()
  const open = vi.fn<(row: Row) => void>()
  await render(<Shown of={rows(5)} open={open} />)
  link('Course 0000').element().focus()
  await userEvent.keyboard('{ArrowDown}{ArrowDown}')
  await expect.element(link('Course 0002')).toHaveFocus()
  await userEvent.keyboard('{End}')
  await expect.element(link('Course 0004')).toHaveFocus()
  await link('Course 0001').click()
  expect(open).not.toHaveBeenCalled()
  await page.getByRole('cell', { name: '7', exact: true }).click()
  expect(open).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 'r1' }))
})

test('selects one, all, and none', async () => {
  await wide()
  await render(<Shown of={rows(3)} />)
  await page.getByRole('checkbox', { name: 'Select row 2' }).click()
  await expect.element(page.getByText('r1', { exact: true })).toBeInTheDocument()
  await page.getByRole('checkbox', { name: 'Select all shown' }).click()
  await expect.element(page.getByText('r1 r0 r2')).toBeInTheDocument()
})

test('draws only what is seen of many, and says how many there are', async () => {
  await wide()
  await render(<Shown of={rows(5_000)} />)
  await expect.element(page.getByRole('table')).toHaveAttribute('aria-rowcount', '5001')
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
  const region = page.getByRole('region', { name: 'Courses' }).element()
  region.scrollTop = region.scrollHeight
  await expect.element(page.getByText('Course 4999')).toBeVisible()
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
})

test('is a list of cards on a phone', async () => {
  await page.viewport(390, 800)
  await render(<Shown of={rows(2)} />)
  await expect.element(page.getByRole('list', { name: 'Courses' })).toBeVisible()
  expect(page.getByRole('table').elements()).toHaveLength(0)
  await page.getByRole('checkbox').first().click()
  await expect.element(page.getByText('r0', { exact: true })).toBeInTheDocument()
})
