import type { Schema } from '~/api/client'

export type Waiting = Schema['EnrolmentSummary']
export type Queue = Pick<Waiting, 'run_id' | 'course_reference' | 'start_on'> & {
  offered: Waiting[]
  waiting: Waiting[]
}

/** Queues by run, the next run to start first: who has an offer by when it ends, then who waits in their order. */
export function queues(rows: readonly Waiting[]): Queue[] {
  const found = new Map<string, Queue>()
  for (const row of rows) {
    const { run_id, course_reference, start_on } = row
    const queue = found.get(run_id) ?? { run_id, course_reference, start_on, offered: [], waiting: [] }
    queue[row.status === 'offered' ? 'offered' : 'waiting'].push(row)
    found.set(run_id, queue)
  }
  const all = [...found.values()].toSorted((one, other) => one.start_on.localeCompare(other.start_on))
  for (const queue of all) {
    queue.offered.sort((one, other) => (one.offer_ends_at ?? '').localeCompare(other.offer_ends_at ?? ''))
    queue.waiting.sort((one, other) => (one.waitlist_seq ?? 0) - (other.waitlist_seq ?? 0))
  }
  return all
}
