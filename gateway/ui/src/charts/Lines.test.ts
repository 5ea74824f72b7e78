import { expect, test } from 'vitest'
import { stepped } from './Lines'

test('a value holds until the next one', () =>
  expect(
    stepped(
      [2, 2, 5],
      (index) => index * 10,
      (value) => 100 - value
    )
  ).toBe('M0 98H10H20V95'))
