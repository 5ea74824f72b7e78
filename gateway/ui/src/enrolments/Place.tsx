import { queries, type Schema } from '~/api/client'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { enrolmentLooks } from '~/status'

const MOST = 200

/** The status, with the place in the queue of who waits and the end of an offer. */
export function Place({ of: row }: { of: Schema['EnrolmentSummary'] }) {
  const look = enrolmentLooks[row.status]
  if (row.status === 'waitlisted') return <Waiting row={row} />
  if (row.status !== 'offered' || row.offer_ends_at === null) return <Status look={look} />
  return (
    <>
      <Status look={look} /> ends <Moment at={row.offer_ends_at} />
    </>
  )
}

/** One question a run, whoever of it is shown; a queue too long for one answer shows no places. */
function Waiting({ row }: { row: Schema['EnrolmentSummary'] }) {
  const query = { run_id: row.run_id, status: ['waitlisted' as const], limit: MOST }
  const { data } = queries.useQuery('get', '/api/v1/enrolments', { params: { query } })
  const whole = data !== undefined && data.next_cursor === null
  const place = (data?.items ?? []).filter((other) => (other.waitlist_seq ?? 0) <= (row.waitlist_seq ?? 0)).length
  return <Status look={enrolmentLooks.waitlisted} note={whole && place > 0 ? `place ${place}` : undefined} />
}
