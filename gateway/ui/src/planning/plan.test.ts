import { describe, expect, test } from 'vitest'
import { blank, moved, nextSession, sessionWish, timeOf, unfilled, wishOf, type PlannedSession } from './plan'

const session = (given: Partial<PlannedSession> = {}): PlannedSession => ({
  key: 'a',
  on: '2027-01-11',
  from: '09:00',
  to: '12:00',
  lasts: 0,
  mode: '1',
  venueId: null,
  trainerIds: null,
  ...given
})
const whole = {
  ...blank('2026-11-23'),
  courseId: 'course',
  registration: ['2026-11-23', '2027-01-08'] as [string, string],
  held: ['2027-01-11', '2027-01-12'] as [string, string],
  firstDay: '2027-01-11',
  scheduleInfo: ' Two days ',
  adminEmail: 'ops@example.com',
  intake: 20
}

describe('a plan', () => {
  test('says what it cannot be saved without, and is no wish until then', () => {
    const plan = { ...blank('2026-11-23'), sessions: [session({ on: null })] }
    expect(unfilled(plan).map(({ name }) => name)).toEqual([
      'Course',
      'Dates of the run',
      'Registration',
      'Schedule',
      'Contact email',
      'Seats',
      'Session 1, day and times'
    ])
    expect(wishOf(plan)).toBeNull()
  })

  test('is sent in Singapore time, with what is empty left out', () => {
    const wish = wishOf({ ...whole, sessions: [session()] })!
    expect(wish.sessions).toEqual([
      {
        start_at: '2027-01-11T09:00:00+08:00',
        end_at: '2027-01-11T12:00:00+08:00',
        mode_of_training: '1',
        venue_id: null,
        trainer_ids: null
      }
    ])
    expect([wish.schedule_info, wish.class_size_override]).toEqual(['Two days', null])
  })

  test('held on other days takes its sessions along', () => {
    const plan = { ...whole, sessions: [session(), session({ key: 'b', on: '2027-01-12' })] }
    const later = moved(plan, ['2027-01-30', '2027-01-31'])
    expect(later.sessions.map(({ on }) => on)).toEqual(['2027-01-30', '2027-01-31'])
    expect(moved(later, [null, null]).sessions).toEqual(later.sessions)
  })
})

test.each([
  ['9:00', '09:00'],
  ['900', '09:00'],
  [' 1730 ', '17:30'],
  ['24:00', null],
  ['12:60', null],
  ['noon', null]
])('%o is typed for %o', (typed, time) => expect(timeOf(typed)).toBe(time))

describe('a session', () => {
  test('added follows the last one while the run lasts', () => {
    const first = nextSession(whole, 'a')
    expect([first.on, first.from, first.mode]).toEqual(['2027-01-11', '09:00', '1'])
    const second = nextSession({ ...whole, sessions: [session({ from: '14:00', to: '17:00' })] }, 'b')
    expect([second.on, second.from]).toEqual(['2027-01-12', '14:00'])
    expect(nextSession({ ...whole, sessions: [second] }, 'c').on).toBe('2027-01-12')
  })

  test('online has no room, and one that lasts ends on its last day', () => {
    const wish = sessionWish(session({ mode: '2', venueId: 'room', from: '00:00', to: '23:59', lasts: 3 }))
    expect([wish.venue_id, wish.end_at]).toEqual([null, '2027-01-14T23:59:00+08:00'])
  })
})
