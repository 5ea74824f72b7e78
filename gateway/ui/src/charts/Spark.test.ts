import { expect, test } from 'vitest'
import { sparkPath } from './Spark'

test('the line goes from edge to edge, its highest value at the top', () => {
  expect(sparkPath([0, 10, 5], 100, 20, 2)).toBe('M2 18L50 2L98 10')
})

test('what never changed lies in the middle', () => {
  expect(sparkPath([7, 7], 100, 20, 2)).toBe('M2 10L98 10')
})
