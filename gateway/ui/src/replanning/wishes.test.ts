import { describe, expect, test } from 'vitest'
import { blank, moved, type PlannedSession } from '~/planning/plan'
import { detailsPatch, housed, rescheduleWish, sessionPatch, staffed, trainersWish } from './wishes'

const on = (id: string, roles = [1]) => ({ trainer_id: id, roles, name: id, user_id: null })
const session = (given: Partial<PlannedSession> = {}): PlannedSession => ({
  key: 'a',
  on: '2027-01-11',
  from: '09:00',
  to: '12:00',
  lasts: 0,
  mode: '1',
  venueId: 'kitchen',
  trainerIds: ['ann'],
  ...given
})
const plan = {
  ...blank('2026-11-23'),
  courseId: 'course',
  registration: ['2026-11-23', '2027-01-08'] as [string, string],
  held: ['2027-01-11', '2027-01-12'] as [string, string],
  firstDay: '2027-01-11',
  scheduleInfo: 'Two days',
  adminEmail: 'ops@example.com',
  intake: 20,
  venueId: 'kitchen',
  sessions: [session(), session({ key: 'b', on: '2027-01-12' })],
  people: [{ trainerId: 'ann', roles: [1] as (1 | 2)[] }]
}

describe('what is sent of a change', () => {
  test('of a session is only what was typed anew', () => {
    expect(sessionPatch(session(), session())).toEqual({})
    expect(sessionPatch(session(), session({ to: '13:00' }))).toEqual({ end_at: '2027-01-11T13:00:00+08:00' })
    expect(sessionPatch(session(), session({ trainerIds: ['ben'] }))).toEqual({ trainer_ids: ['ben'] })
  })

  test('of a session that goes online gives up its room', () => {
    expect(sessionPatch(session(), session({ mode: '9' }))).toEqual({ mode_of_training: '9', venue_id: null })
  })

  test('of the dates takes along only sessions held at another time, and knows where they stand', () => {
    const later = { ...plan, sessions: plan.sessions.with(1, session({ key: 'b', on: '2027-01-12', from: '10:00' })) }
    const { wish, places } = rescheduleWish(plan, later)
    expect(places).toEqual([1])
    expect(wish).toEqual({
      sessions: [{ session_id: 'b', start_at: '2027-01-12T10:00:00+08:00', end_at: '2027-01-12T12:00:00+08:00' }],
      reason: ''
    })
  })

  test('of the first day moves every session with it', () => {
    const { wish, places } = rescheduleWish(plan, moved(plan, ['2027-01-18', '2027-01-19']))
    expect([wish.start_on, wish.end_on, wish.registration_opens_on]).toEqual(['2027-01-18', '2027-01-19', undefined])
    expect(places).toEqual([0, 1])
    expect(wish.sessions.map(({ start_at }) => start_at.slice(0, 10))).toEqual(['2027-01-18', '2027-01-19'])
  })

  test('of the details leaves out what stays, and what has ways of its own', () => {
    const after = { ...plan, intake: 25, venueId: 'hall', held: ['2027-01-18', '2027-01-19'] as [string, string] }
    expect(detailsPatch(plan, after)).toEqual({ intake_size: 25 })
  })
})

describe('people', () => {
  const ben = { trainerId: 'ben', roles: [1, 2] as (1 | 2)[] }

  test('that came and left here are sent on top of what others changed meanwhile', () => {
    const now = [on('ann'), on('cat', [2])] // somebody else has added Cat
    expect(trainersWish(plan.people, [ben], now)).toEqual([
      { trainer_id: 'cat', roles: [2] },
      { trainer_id: 'ben', roles: [1, 2] }
    ])
  })

  test('keep the roles others gave them, unless their roles were chosen here', () => {
    const now = [on('ann', [1, 2])]
    expect(trainersWish(plan.people, plan.people, now)).toEqual([{ trainer_id: 'ann', roles: [1, 2] }])
    const assessing = [{ trainerId: 'ann', roles: [2] as (1 | 2)[] }]
    expect(trainersWish(plan.people, assessing, now)).toEqual([{ trainer_id: 'ann', roles: [2] }])
  })

  test('who others took off the run meanwhile do not come back', () => {
    expect(trainersWish([...plan.people, ben], [...plan.people, ben], [on('ann')])).toEqual([
      { trainer_id: 'ann', roles: [1] }
    ])
  })

  test('that come join the sessions that fit their roles; who leaves is on none', () => {
    const exam = session({ key: 'c', mode: '8' })
    const trainer = { trainerId: 'cat', roles: [1] as (1 | 2)[] }
    const changed = staffed({ ...plan, sessions: [session(), exam] }, [...plan.people, trainer])
    expect(changed.sessions.map(({ trainerIds }) => trainerIds)).toEqual([['ann', 'cat'], ['ann']])
    expect(staffed(plan, [trainer]).sessions[0]!.trainerIds).toEqual(['cat'])
    expect(staffed(plan, []).sessions[0]!.trainerIds).toBeNull()
  })
})

test('another room takes along the sessions that stood in the old one', () => {
  const mixed = { ...plan, sessions: [session(), session({ key: 'b', venueId: 'hall' })] }
  expect(housed(mixed, 'attic').sessions.map(({ venueId }) => venueId)).toEqual(['attic', 'hall'])
  expect(housed(mixed, 'attic').venueId).toBe('attic')
})
