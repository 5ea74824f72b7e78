import { expect, test } from 'vitest'
import { at, isSingle, moved, rangeOf, spotsOf, wholeColumn, within, type Stroke } from './cursor'

const SIZE = { rows: 20, columns: 4, page: 10 }
const key = (name: string, given: Partial<Stroke> = {}): Stroke => ({ key: name, shift: false, ctrl: false, ...given })
const spot = (row: number, column: number) => ({ row, column })

test.each([
  ['ArrowDown', {}, spot(6, 1)],
  ['ArrowUp', {}, spot(4, 1)],
  ['ArrowLeft', {}, spot(5, 0)],
  ['ArrowRight', {}, spot(5, 2)],
  ['ArrowDown', { ctrl: true }, spot(19, 1)],
  ['ArrowRight', { ctrl: true }, spot(5, 3)],
  ['Home', {}, spot(5, 0)],
  ['End', {}, spot(5, 3)],
  ['Home', { ctrl: true }, spot(0, 0)],
  ['End', { ctrl: true }, spot(19, 3)],
  ['PageDown', {}, spot(15, 1)],
  ['PageUp', {}, spot(0, 1)]
])('%s %j leads from the middle to %j', (name, given, to) => {
  expect(moved(at(5, 1), key(name, given), SIZE)).toEqual({ ...to, anchor: to })
})

test('never leaves the grid, and another key leads nowhere', () => {
  expect(moved(at(0, 0), key('ArrowUp'), SIZE)).toMatchObject(spot(0, 0))
  expect(moved(at(19, 3), key('PageDown'), SIZE)).toMatchObject(spot(19, 3))
  expect(moved(at(5, 1), key('q'), SIZE)).toBeNull()
  expect(within(spot(40, 9), SIZE)).toEqual(spot(19, 3))
})

test('with shift the other corner stays', () => {
  const once = moved(at(5, 1), key('ArrowDown', { shift: true }), SIZE)!
  const range = moved(once, key('ArrowRight', { shift: true }), SIZE)!
  expect(rangeOf(range)).toEqual({ top: 5, bottom: 6, left: 1, right: 2 })
  expect(spotsOf(range)).toEqual([spot(5, 1), spot(6, 1), spot(5, 2), spot(6, 2)])
  expect([isSingle(range), isSingle(at(5, 1))]).toEqual([false, true])
})

test('a whole column is every row of it', () => {
  expect(spotsOf(wholeColumn(at(7, 2), SIZE))).toHaveLength(20)
  expect(new Set(spotsOf(wholeColumn(at(7, 2), SIZE)).map(({ column }) => column))).toEqual(new Set([2]))
})
