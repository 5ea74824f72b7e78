import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { CopyId } from '~/components/CopyId'
import { Empty } from '~/components/Empty'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'
import { plain } from '~/words'
import { By } from '~/components/By'

const EVERY_MS = 10_000

type Entry = Schema['AuditEntryView']

const columns: readonly Column<Entry>[] = [
  { id: 'at', head: 'When (SGT)', width: '160px', cell: ({ happened_at }) => instantShort(happened_at) },
  { id: 'what', head: 'What', width: '152px', cell: ({ action }) => plain(action.replace('trainee.', '')) },
  { id: 'who', head: 'Who', width: '200px', cell: ({ actor_id }) => <By id={actor_id} /> },
  { id: 'role', head: 'Role', width: '88px', cell: ({ actor_role }) => actor_role },
  { id: 'why', head: 'Reason', cell: ({ reason }) => reason ?? '–' },
  {
    id: 'correlation',
    head: 'Correlation id',
    width: '152px',
    cell: ({ correlation_id }) => <CopyId id={correlation_id} />
  }
]

/** Readings of the ID number, findings and changes, newest first, as the audit log has them. */
export function History({ traineeId }: { traineeId: string }) {
  const params = { query: { subject_type: 'trainee', subject_id: traineeId, limit: 20 } }
  // The log hears of an event a moment after everybody else, and says nothing when it has.
  const options = { ...paged, refetchInterval: EVERY_MS }
  const entries = queries.useInfiniteQuery('get', '/api/v1/audit/entries', { params }, options)
  return (
    <DataTable
      label="Audit entries"
      rows={rowsOf(entries.data)}
      id={({ seq }) => String(seq)}
      columns={columns}
      of={entries}
      empty={<Empty>The audit log has nothing of this trainee yet.</Empty>}
    />
  )
}
