import { expect, test } from 'vitest'
import { queues, type Waiting } from './queues'

const place = (id: string, run: string, given: Partial<Waiting>): Waiting =>
  ({ id, run_id: run, course_reference: 'TGS-1', start_on: '2026-12-01', status: 'waitlisted', ...given }) as Waiting

const ids = (rows: readonly Waiting[]) => rows.map(({ id }) => id)

test('each run has its queue in its order, and offers stand before it by when they end', () => {
  const found = queues([
    place('c', 'late', { start_on: '2027-01-01', waitlist_seq: 1 }),
    place('b', 'soon', { waitlist_seq: 2 }),
    place('a', 'soon', { waitlist_seq: 1 }),
    place('y', 'soon', { status: 'offered', offer_ends_at: '2026-11-26T00:00:00Z' }),
    place('x', 'soon', { status: 'offered', offer_ends_at: '2026-11-25T00:00:00Z' })
  ])
  expect(found.map(({ run_id }) => run_id)).toEqual(['soon', 'late'])
  expect(ids(found[0]!.offered)).toEqual(['x', 'y'])
  expect(ids(found[0]!.waiting)).toEqual(['a', 'b'])
})
