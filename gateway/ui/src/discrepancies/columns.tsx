import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { discrepancyLooks, verdictLooks } from '~/status'
import type { Column } from '~/table/DataTable'
import { copiesOf, discrepancyName, type Discrepancy } from './codes'

export const columns: readonly Column<Discrepancy>[] = [
  {
    id: 'code',
    head: 'What differs',
    width: '208px',
    cell: (row) => (
      <Go from="/sync/discrepancies" to="/sync/discrepancies" search={(old) => ({ ...old, open: row.id })}>
        {discrepancyName(row)}
      </Go>
    )
  },
  { id: 'verdict', head: 'Verdict', width: '144px', cell: (row) => <Status look={verdictLooks[row.verdict]} /> },
  { id: 'run', head: 'Run', cell: (row) => (row.run_id ? <RunLink id={row.run_id} /> : (row.remote_ref ?? '–')) },
  { id: 'fields', head: 'Fields', width: '160px', cell: (row) => row.fields.join(', ') || '–' },
  { id: 'copies', head: 'Ours / sent / theirs', width: '152px', cell: (row) => <Copies of={row} /> },
  { id: 'state', head: 'State', width: '112px', cell: (row) => <Status look={discrepancyLooks[row.state]} /> },
  { id: 'seen', head: 'Found', width: '96px', cell: (row) => <Moment at={row.first_seen_at} /> },
  { id: 'due', head: 'Due', width: '88px', cell: (row) => (row.deadline_at ? <Moment at={row.deadline_at} /> : '–') }
]

/** The three copies as letters: the same letter is the same content. */
function Copies({ of: row }: { of: Discrepancy }) {
  const known = new Map<string, string>()
  const letters = copiesOf(row).map(({ name, digest }) => {
    if (digest === '') return { name, letter: '–' }
    if (!known.has(digest)) known.set(digest, 'ABC'[known.size]!)
    return { name, letter: known.get(digest)! }
  })
  const words = letters.map(({ name, letter }) => `${name}: ${letter === '–' ? 'nothing' : letter}`).join(', ')
  return <span title={words}>{letters.map(({ letter }) => letter).join(' / ')}</span>
}
