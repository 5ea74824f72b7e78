import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Status } from '~/components/Status'
import { Place } from '~/enrolments/Place'
import { feeLooks, syncLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayShort } from '~/time'

type Row = Schema['EnrolmentSummary']

const columns: readonly Column<Row>[] = [
  {
    id: 'run',
    head: 'Run',
    cell: (row) => (
      <Go to="/enrolments" search={{ trainee_id: row.trainee_id, open: row.id }}>
        {row.course_reference}, {dayShort(row.start_on)}
      </Go>
    )
  },
  { id: 'status', head: 'Status', width: '232px', cell: (row) => <Place of={row} /> },
  { id: 'fee', head: 'Fee', width: '136px', cell: (row) => <Status look={feeLooks[row.fee_status]} /> },
  { id: 'sync', head: 'Sync', width: '136px', cell: (row) => <Status look={syncLooks[row.sync_state]} /> },
  { id: 'enrolled', head: 'Enrolled', width: '112px', cell: (row) => day(row.enrolled_on) }
]

/** Every place a person has or had. */
export function Places({ traineeId }: { traineeId: string }) {
  const params = { query: { trainee_id: traineeId, limit: 50 } }
  const places = queries.useInfiniteQuery('get', '/api/v1/enrolments', { params }, paged)
  return (
    <DataTable
      label="Enrolments"
      rows={rowsOf(places.data)}
      id={(row) => row.id}
      columns={columns}
      of={places}
      empty={<Empty>No enrolment yet.</Empty>}
    />
  )
}
