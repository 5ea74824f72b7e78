import '@mantine/core/styles.css'
import { MantineProvider } from '@mantine/core'
import { useState } from 'react'
import { beforeEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { theme, variables } from '~/theme'
import { at, type Cursor, type Spot } from './cursor'
import { Grid } from './Grid'
import { EMPTY, type Mark } from './marks'
import { registerOf, type Line, type Rate, type Sheet, type Summary } from './sheets'
import type { Marking } from './useMarking'

const STARTS = ['2026-03-02T01:00:00Z', '2026-03-03T01:00:00Z']

function summary(index: number): Summary {
  return {
    session_id: `s${index}`,
    run_id: 'run',
    sequence: index + 1,
    start_at: STARTS[index]!,
    end_at: STARTS[index]!,
    session_status: 'held',
    state: index === 0 ? 'locked' : 'open',
    lock_due_at: null
  }
}

function line(person: number, given: Partial<Line> = {}): Line {
  return {
    attendance_id: `a${person}`,
    version: 1,
    enrolment_id: `e${String(person).padStart(4, '0')}`,
    trainee_id: `t${person}`,
    name: `Person ${String(person).padStart(4, '0')}`,
    id_masked: 'S****567D',
    erased: false,
    state: 'unmarked',
    method: null,
    note: null,
    minutes_credited: 0,
    revision: 0,
    seated: true,
    conflict: null,
    checked_in_at: null,
    sync_state: 'not_applicable',
    ...given
  }
}

function sheet(index: number, lines: Line[]): Sheet {
  return {
    ...summary(index),
    version: 1,
    state: index === 0 ? 'locked' : 'open',
    mode_of_training: '1',
    is_makeup: false,
    lock_due_at: STARTS[index]!,
    locked_at: null,
    locked_by: null,
    policy_version: 1,
    names_available: true,
    counts: {},
    lines
  }
}

const RATE: Rate = {
  enrolment_id: 'e0000',
  run_id: 'run',
  credited_minutes: 299,
  held_minutes: 400,
  scheduled_minutes: 400,
  required_pct: 75,
  met: false,
  reachable: true,
  at_risk: false,
  complete: false
}

function register(people: number) {
  const first = Array.from({ length: people }, (_, person) => line(person, { state: 'present', revision: 1 }))
  const second = Array.from({ length: people }, (_, person) => line(person))
  second[1] = line(1, { state: 'present', method: 'singpass_qr' })
  return registerOf([summary(0), summary(1)], [sheet(0, first), sheet(1, second)], [RATE])
}

const mark = vi.fn<(spots: readonly Spot[], mark: Mark) => void>()
const undo = vi.fn<() => void>()
const remove = vi.fn<(spots: readonly Spot[]) => void>()
const open = vi.fn<(spot: Spot) => void>()

beforeEach(() => vi.clearAllMocks())

function Shown({ people = 4 }: { people?: number }) {
  const [cursor, move] = useState<Cursor>(at(0, 1))
  const marking = {
    box: EMPTY,
    seen: (place: { line: Line }) => ({ ...place.line, moving: false }),
    mark,
    undo,
    remove
  } as unknown as Marking
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables}>
      <Grid label="Attendance" register={register(people)} marking={marking} cursor={cursor} move={move} open={open} />
    </MantineProvider>
  )
}

async function shown(people?: number) {
  await page.viewport(1200, 800)
  await render(<Shown people={people} />)
  const grid = page.getByRole('grid', { name: 'Attendance' }).element() as HTMLElement
  grid.focus()
  const current = () => document.getElementById(grid.getAttribute('aria-activedescendant')!)!
  const spot = () => [Number(current().dataset.row), Number(current().dataset.column)]
  return { grid, current, spot }
}

const spots = (...rows: number[]) => rows.map((row) => expect.objectContaining({ row, column: 1 }))

test('each letter marks and goes on; Enter is present', async () => {
  const { spot } = await shown()
  await userEvent.keyboard('pal{Enter}')
  expect(mark.mock.calls.map(([, { state, note }]) => [state, note])).toEqual([
    ['present', null],
    ['absent', null],
    ['present', 'late'],
    ['present', null]
  ])
  expect(mark.mock.calls.map(([[first]]) => first!.row)).toEqual([0, 1, 2, 3])
  expect(spot()).toEqual([3, 1])
})

test('a range is marked in one, and the cursor stays', async () => {
  const { spot } = await shown()
  await userEvent.keyboard('{Shift>}{ArrowDown}{ArrowDown}{/Shift}e')
  expect(mark).toHaveBeenCalledExactlyOnceWith(spots(0, 1, 2), { state: 'absent', note: 'excused' })
  expect(spot()).toEqual([2, 1])
})

test('Ctrl A is the whole session, Ctrl Z takes back, Delete removes, Space opens', async () => {
  await shown()
  await userEvent.keyboard('{ArrowDown}{Control>}a{/Control}p{Control>}z{/Control}{Escape}{Delete} ')
  expect(mark).toHaveBeenCalledExactlyOnceWith(spots(0, 1, 2, 3), { state: 'present', note: null })
  expect(undo).toHaveBeenCalledOnce()
  expect(remove).toHaveBeenCalledExactlyOnceWith(spots(0))
  expect(open).toHaveBeenCalledOnce()
})

test('the pointer sets the cursor, extends it with shift, and draws a range', async () => {
  const { spot } = await shown()
  const cells = [...document.querySelectorAll<HTMLElement>('[data-column="1"][data-row]')]
  await userEvent.click(cells[1]!)
  expect(spot()).toEqual([1, 1])
  await userEvent.dragAndDrop(cells[1]!, cells[3]!)
  await userEvent.keyboard('a')
  expect(mark).toHaveBeenCalledExactlyOnceWith(spots(1, 2, 3), expect.anything())
})

test('a cell says in words what it shows by letter, hatch and seal', async () => {
  const { grid } = await shown()
  await expect.element(page.getByRole('gridcell', { name: 'Present, locked' }).first()).toBeVisible()
  await expect.element(page.getByRole('gridcell', { name: 'Present, official scan' })).toBeVisible()
  await expect.element(page.getByRole('gridcell', { name: 'low 74 %' })).toBeVisible()
  expect([grid.getAttribute('aria-rowcount'), grid.getAttribute('aria-colcount')]).toEqual(['5', '5'])
})

test('draws only what is seen of many, and always the row of the cursor', async () => {
  const { current, spot } = await shown(5_000)
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
  await userEvent.keyboard('{Control>}{End}{/Control}')
  await expect.poll(spot).toEqual([4_999, 1])
  await expect.poll(() => current().getBoundingClientRect().bottom).toBeLessThan(800)
  await userEvent.keyboard('{Control>}{Home}{/Control}')
  await expect.poll(() => current()?.getBoundingClientRect().top).toBeGreaterThan(0)
  expect(page.getByRole('row').elements().length).toBeLessThan(60)
})

test('a key redraws the rows it concerns and no others', async () => {
  const { grid } = await shown(50)
  const touched = new Set<Element | null>()
  const watch = (changes: MutationRecord[]) =>
    changes.forEach(({ target }) => touched.add((target as Element).closest('[role=row]')))
  const observer = new MutationObserver(watch)
  observer.observe(grid.lastElementChild!, { subtree: true, childList: true, attributes: true, characterData: true })
  await userEvent.keyboard('{ArrowDown}')
  watch(observer.takeRecords())
  observer.disconnect()
  expect(touched.size).toBe(2)
})
