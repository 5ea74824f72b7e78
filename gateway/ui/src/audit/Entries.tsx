import { useMay } from '~/access'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import type { AuditSearch } from '~/searches'
import { DataTable, type Column } from '~/table/DataTable'
import { instantExact } from '~/time'
import { plain } from '~/words'
import { Actor, useNames } from './Actor'
import { Subject } from './Subject'
import { choices, services, subjectChoices, type Entry } from './words'

export type EntriesSearch = Omit<AuditSearch, 'tab' | 'open'>

const PAGE = 200

const columns: readonly Column<Entry>[] = [
  {
    id: 'what',
    head: 'What',
    width: '240px',
    cell: (entry) => (
      <Go from="/audit" to="/audit" search={(old) => ({ ...old, open: entry.seq })}>
        {plain(entry.action)}
      </Go>
    )
  },
  { id: 'when', head: 'When, SGT', width: '172px', cell: (entry) => instantExact(entry.happened_at) },
  { id: 'who', head: 'Who', width: '208px', cell: (entry) => <Actor id={entry.actor_id} role={entry.actor_role} /> },
  {
    id: 'subject',
    head: 'Record',
    width: '248px',
    cell: (entry) => <Subject type={entry.subject_type} id={entry.subject_id} />
  },
  { id: 'why', head: 'Reason', cell: (entry) => <span title={entry.reason ?? undefined}>{entry.reason ?? '–'}</span> },
  { id: 'seq', head: 'Entry', width: '80px', right: true, cell: (entry) => entry.seq }
]

type Entries = { search: EntriesSearch; set: (changed: EntriesSearch) => void; show: (seq: number) => void }

/** The log, newest first. */
export function Entries({ search, set, show }: Entries) {
  const query = { ...search, limit: PAGE }
  const entries = queries.useInfiniteQuery('get', '/api/v1/audit/entries', { params: { query } }, paged)
  const filtered = Object.values(search).some((value) => value !== undefined)
  return (
    <>
      <Filters filters={useFilters()} search={search} set={set} />
      <DataTable
        label="Audit entries"
        rows={rowsOf(entries.data)}
        id={(entry) => String(entry.seq)}
        columns={columns}
        of={entries}
        open={(entry) => show(entry.seq)}
        empty={<Empty>{filtered ? 'No entry matches these filters.' : 'Nothing has happened yet.'}</Empty>}
      />
    </>
  )
}

/** Exactly the API's; people are chosen by name where names may be seen. */
function useFilters(): readonly Filter<EntriesSearch>[] {
  const names = useNames()
  const named = useMay()('users:view')
  const people = { ...Object.fromEntries([...names].map(([id, word]) => [id, { word }])), system: { word: 'System' } }
  return [
    { kind: 'days', from: 'from_at', to: 'to_at', label: 'Happened', instants: true },
    named
      ? { kind: 'one', name: 'actor_id', label: 'Who', choices: people }
      : { kind: 'text', name: 'actor_id', label: 'Account id' },
    { kind: 'text', name: 'action', label: 'Action, as run.published' },
    { kind: 'one', name: 'subject_type', label: 'Record', choices: subjectChoices },
    { kind: 'text', name: 'subject_id', label: 'Record id' },
    { kind: 'one', name: 'service', label: 'Service', choices: choices(services) },
    { kind: 'text', name: 'correlation_id', label: 'Correlation id' }
  ]
}
