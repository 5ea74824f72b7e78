import { expect, test } from 'vitest'
import type { Schema } from '~/api/client'
import { changeWords, pastOf } from './past'

function start(red: number, money: number | null = 0): Schema['DayStartView'] {
  return {
    day: '2026-03-02',
    taken_at: '2026-03-01T16:00:00Z',
    breached: 0,
    red,
    amber: 0,
    money_at_risk_cents: money,
    stuck: 0,
    waiting: 0
  }
}

test('a number is held against the day it began and the days before', () => {
  expect(pastOf([start(3), start(5)], 'red', 4)).toEqual({ values: [3, 5, 4], change: -1 })
})

test('before a second day there is nothing to compare', () => {
  expect(pastOf([], 'red', 4)).toBeUndefined()
  expect(pastOf([start(3)], 'red', 4)).toBeUndefined()
})

test('what one may not see has no past either', () => {
  expect(pastOf([start(3, null), start(3, null)], 'money_at_risk_cents', 4)).toBeUndefined()
})

test('changes are said in words', () => {
  expect([changeWords(0, String), changeWords(2, String), changeWords(-3, String)]).toEqual([
    'unchanged today',
    '+2 today',
    '−3 today'
  ])
})
