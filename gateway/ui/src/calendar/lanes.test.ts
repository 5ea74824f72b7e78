import { expect, test } from 'vitest'
import { eventsOf, hoursOf, lanesOf, type Booked } from './lanes'

const booked = (given: Partial<Booked> = {}): Booked => ({
  id: 's1',
  run_id: 'r1',
  run_status: 'open',
  remote_id: null,
  course_reference: 'TGS-1',
  course_title: 'Wok safety',
  sequence: 1,
  status: 'planned',
  start_at: '2027-01-11T01:00:00Z', // 09:00 in Singapore
  end_at: '2027-01-11T04:00:00Z',
  mode_of_training: '1',
  venue_id: 'v1',
  trainer_ids: ['t1', 't2'],
  is_makeup: false,
  ...given
})
const choices = {
  courses: [],
  venues: [{ id: 'v1', name: 'Kitchen', room: '2A' }],
  trainers: [{ id: 't1', name: 'One' }],
  reading: false,
  error: null,
  refetch: () => undefined
} as never

test('a session stands in the lane of its room, and in those of all its people', () => {
  expect(eventsOf('rooms', [booked()]).map(({ resourceId, start }) => [resourceId, start])).toEqual([
    ['v1', '2027-01-11 09:00:00']
  ])
  expect(eventsOf('people', [booked()]).map(({ resourceId }) => resourceId)).toEqual(['t1', 't2'])
})

test('lanes are all that are offered, who is booked beside them, and one for what has none', () => {
  const online = booked({ venue_id: null })
  expect(lanesOf('rooms', [online], choices).map(({ label }) => label)).toEqual([
    'Kitchen, room 2A',
    'Online, or no room'
  ])
  expect(lanesOf('people', [online], choices).map(({ label }) => label)).toEqual(['One', 'Somebody retired'])
})

test('the hours drawn hold every session', () => {
  expect(hoursOf([])).toEqual({ startTime: '08:00:00', endTime: '18:00:00' })
  const late = booked({ start_at: '2027-01-10T23:30:00Z', end_at: '2027-01-11T13:00:00Z' })
  expect(hoursOf([late])).toEqual({ startTime: '06:00:00', endTime: '22:00:00' })
})
