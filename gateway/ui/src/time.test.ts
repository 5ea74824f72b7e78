import { describe, expect, test } from 'vitest'
import * as time from './time'

// Run with TZ=America/New_York: nothing here may know.

const EARLY = '2026-11-22T17:30:00Z' // 01:30 on the 23rd in Singapore

describe('instants are told in Singapore time', () => {
  test.each([
    [time.instant, '23 Nov 2026, 01:30 SGT'],
    [time.instantShort, '23 Nov 2026, 01:30'],
    [time.instantExact, '23 Nov 2026, 01:30:00'],
    [time.clockTime, '01:30'],
    [time.dayOf, '2026-11-23']
  ])('%o', (tell, words) => expect(tell(EARLY)).toBe(words))

  test('midnight is 00:00, and begins the day', () => {
    expect(time.instant('2026-11-22T16:00:00Z')).toBe('23 Nov 2026, 00:00 SGT')
    expect(time.dayOf('2026-11-22T15:59:59Z')).toBe('2026-11-22')
  })

  test('a month has three letters, September too', () => expect(time.day('2026-09-01')).toBe('1 Sep 2026'))

  test('the wall clock says the weekday', () => expect(time.wallClock(Date.parse(EARLY))).toBe('Mon 23 Nov, 01:30 SGT'))
})

describe('days', () => {
  test.each([
    ['2026-11-23', '2026-11-23', '23 Nov 2026'],
    ['2026-11-23', '2026-11-25', '23–25 Nov 2026'],
    ['2026-11-30', '2026-12-02', '30 Nov – 2 Dec 2026'],
    ['2026-12-31', '2027-01-02', '31 Dec 2026 – 2 Jan 2027']
  ])('%s to %s', (from, to, words) => expect(time.days(from, to)).toBe(words))

  test('are counted over the ends of months and years', () => {
    expect(time.plusDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(time.plusDays('2028-03-01', -1)).toBe('2028-02-29')
  })

  test('begin at midnight in Singapore', () => expect(time.startOf('2026-11-23')).toBe('2026-11-22T16:00:00.000Z'))

  test('what is typed is an instant of Singapore', () =>
    expect(Date.parse(time.instantFrom('2026-11-23', '09:30'))).toBe(Date.parse('2026-11-23T01:30:00Z')))
})

describe('how long it is', () => {
  const from = Date.parse('2026-11-23T06:00:00Z')

  test.each([
    ['2026-11-23T06:00:30Z', 'now'],
    ['2026-11-23T06:12:00Z', 'in 12 min'],
    ['2026-11-23T14:59:00Z', 'in 8 h'],
    ['2026-11-23T01:00:00Z', '5 h ago'],
    ['2026-11-24T10:00:00Z', 'in 28 h'],
    ['2026-11-26T06:00:00Z', 'in 3 d']
  ])('%s', (at, words) => expect(time.relative(at, from)).toBe(words))

  test('a call', () => {
    expect(time.duration(841)).toBe('841 ms')
    expect(time.duration(30_000)).toBe('30.0 s')
  })
})

test('now is the server’s time, whatever this clock says', () => {
  time.setNow('2030-01-01T00:00:00Z')
  expect(time.today()).toBe('2030-01-01')
  expect(Math.abs(time.now() - Date.parse('2030-01-01T00:00:00Z'))).toBeLessThan(5_000)
})

test('a month is laid out in weeks from Monday on', () => {
  const weeks = time.weeksOf('2026-11')
  expect(weeks[0]).toEqual([null, null, null, null, null, null, '2026-11-01'])
  expect(weeks[1]![0]).toBe('2026-11-02')
  expect(weeks.at(-1)).toEqual(['2026-11-30', null, null, null, null, null, null])
  expect(time.weeksOf('2027-02')).toHaveLength(4)
  expect(time.monthName('2026-11')).toBe('November 2026')
})

test('what must be done by the midnight that ends a day is due on that day', () => {
  expect(time.dueOn('2026-11-23')).toEqual({
    due_from: '2026-11-22T16:00:00.001Z',
    due_until: '2026-11-23T16:00:00.001Z'
  })
})
