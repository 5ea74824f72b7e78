import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Schema } from '~/api/client'
import type { Run } from '~/runs/actions'
import { frozen, numbered, numbersOf } from './changes'

const session = (given: Partial<Schema['SessionView']> = {}): Schema['SessionView'] => ({
  id: 's1',
  sequence: 1,
  status: 'planned',
  start_at: '2027-01-11T01:00:00Z',
  end_at: '2027-01-11T04:00:00Z',
  mode_of_training: '1',
  venue_id: null,
  trainer_ids: [],
  is_makeup: false,
  makeup_for: null,
  attendance_taken: false,
  remote_id: null,
  ...given
})

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2027-01-11T00:59:59Z') }))
afterEach(() => vi.useRealTimers())

test('a session that lies ahead may be changed; one that has started, was held, cancelled or attended may not', () => {
  expect(frozen(session())).toBeNull()
  expect(frozen(session({ start_at: '2027-01-11T00:59:59Z' }))).toBe('It has started.')
  expect(frozen(session({ status: 'held' }))).toBe('It is held.')
  expect(frozen(session({ status: 'cancelled' }))).toBe('It is cancelled.')
  expect(frozen(session({ attendance_taken: true }))).toBe('Attendance is on record.')
})

test('sessions are called by their own numbers when one between them is cancelled, and a new one by the next', () => {
  const sessions = [session(), session({ sequence: 2, status: 'cancelled' }), session({ sequence: 3 })]
  const numberOf = numbersOf({ sessions } as Run)
  expect([0, 1, 2].map(numberOf)).toEqual([1, 3, 4])
  expect(numbered('sessions.1.start_at', numberOf)).toBe('sessions.2.start_at')
  expect(numbered('venue_id', numberOf)).toBe('venue_id')
})
