import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Status } from '~/components/Status'
import { By } from '~/components/By'
import { batchLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { rowsOf } from '~/api/pages'
import { instantShort } from '~/time'
import { count } from '~/words'
import { readyOf, type Batch, type Kind } from './kinds'
import { useBatches } from './reading'

/** Files that were sent before, newest first. */
export function Earlier({ kind }: { kind: Kind }) {
  const files = useBatches(kind)
  return (
    <DataTable<Batch>
      label="Earlier imports"
      rows={rowsOf<Batch>(files.data)}
      id={(batch) => batch.id}
      columns={columnsOf(kind)}
      of={files}
      empty={<Empty>No file has been sent yet.</Empty>}
    />
  )
}

function columnsOf(kind: Kind): readonly Column<Batch>[] {
  return [
    {
      id: 'sent',
      head: 'Sent (SGT)',
      width: '160px',
      cell: (batch) => (
        <Go to={kind.one} params={{ importId: batch.id }}>
          {instantShort(batch.created_at)}
        </Go>
      )
    },
    { id: 'status', head: 'State', width: '152px', cell: ({ status }) => <Status look={batchLooks[status]} /> },
    { id: 'rows', head: 'Rows', width: '88px', right: true, cell: ({ rows }) => count(rows) },
    { id: 'ready', head: 'Ready', width: '88px', right: true, cell: (batch) => count(readyOf(kind, batch)) },
    { id: 'taken', head: 'Taken', width: '88px', right: true, cell: ({ taken }) => count(taken) },
    { id: 'by', head: 'By', cell: (batch) => <By id={batch.created_by} /> }
  ]
}
