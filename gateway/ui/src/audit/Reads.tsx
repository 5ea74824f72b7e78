import { Stack, Text } from '@mantine/core'
import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Figure, Figures } from '~/components/Figure'
import { Filters, type Filter } from '~/components/Filters'
import { Loaded } from '~/components/Loaded'
import { Section } from '~/components/Section'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayOf, instantShort, plusDays, startOf, today } from '~/time'
import { count, plain } from '~/words'
import { Actor, useNames } from './Actor'
import type { EntriesSearch } from './Entries'
import { Subject } from './Subject'

type ReadsView = Schema['ReadsView']
type Window = { from_at: string; to_at: string; actor_id?: string; subject_id?: string }

const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }
const WEEK = 7

const actors: readonly Column<Schema['ActorReads']>[] = [
  { id: 'who', head: 'Account', cell: (row) => <Actor id={row.actor_id} /> },
  { id: 'persons', head: 'Persons', width: '88px', right: true, cell: (row) => count(row.persons) },
  { id: 'reads', head: 'Reads', width: '72px', right: true, cell: (row) => count(row.reads) },
  { id: 'how', head: 'How', width: '240px', cell: (row) => row.actions.map(plain).join(', ') },
  { id: 'last', head: 'Last, SGT', width: '152px', cell: (row) => instantShort(row.last_at) }
]
const lists: readonly Column<Schema['BulkRead']>[] = [
  { id: 'what', head: 'What was taken', cell: (row) => plain(row.action) },
  { id: 'who', head: 'Account', width: '208px', cell: (row) => <Actor id={row.actor_id} /> },
  { id: 'when', head: 'When, SGT', width: '152px', cell: (row) => instantShort(row.happened_at) },
  {
    id: 'rows',
    head: 'Rows',
    width: '104px',
    right: true,
    cell: (row) => (row.rows === null ? 'not counted' : count(row.rows))
  },
  { id: 'why', head: 'Reason', cell: (row) => row.reason ?? '–' }
]
const persons: readonly Column<Schema['PersonRead']>[] = [
  { id: 'whom', head: 'Person', cell: (row) => <Subject type={row.subject_type} id={row.subject_id} /> },
  { id: 'reads', head: 'Reads', width: '72px', right: true, cell: (row) => count(row.reads) },
  { id: 'who', head: 'By', width: '280px', cell: (row) => row.actors.map((id) => <Actor key={id} id={id} />) },
  { id: 'first', head: 'First, SGT', width: '152px', cell: (row) => instantShort(row.first_at) },
  { id: 'last', head: 'Last, SGT', width: '152px', cell: (row) => instantShort(row.last_at) }
]

type Reads = { search: EntriesSearch; set: (changed: EntriesSearch) => void }

/** Who saw whom in a window of time: the questions of the first hour after a breach. */
export function Reads({ search, set }: Reads) {
  const window: Window = {
    from_at: search.from_at ?? startOf(plusDays(today(), 1 - WEEK)),
    to_at: search.to_at ?? startOf(plusDays(today(), 1)),
    actor_id: search.actor_id,
    subject_id: search.subject_id
  }
  const reads = queries.useQuery('get', '/api/v1/audit/reads', { params: { query: window } })
  return (
    <>
      <Filters filters={useFilters()} search={search} set={set} />
      <Text size="sm" c="dimmed" mb={12}>
        {day(dayOf(window.from_at))} to {day(plusDays(dayOf(window.to_at), -1))}. Opening a page with masked ID numbers
        is not recorded; showing one in full, searching by one, and taking a list out is.
      </Text>
      <Loaded of={reads}>{(view) => <Shown of={view} />}</Loaded>
      {reads.data !== undefined && (
        <Section title="Whose data was read">
          <Persons window={window} />
        </Section>
      )}
    </>
  )
}

const threshold: Record<ReadsView['reaches_threshold'], string> = { yes: 'Yes', no: 'No', possibly: 'Possibly' }

function Shown({ of: view }: { of: ReadsView }) {
  const most = view.persons_at_most === null ? 'not known' : count(view.persons_at_most)
  return (
    <Stack gap={16} mb={16}>
      <Figures label="Reads of personal data">
        <Figure name="Persons named" value={count(view.persons)} note={`at most ${most}, with every list taken`} />
        <Figure name="Reads" value={count(view.reads)} note={`by ${view.actors.length} accounts`} />
        <Figure
          name={`${count(view.threshold)} persons or more`}
          value={threshold[view.reaches_threshold]}
          note="a breach of this size must be notified"
        />
      </Figures>
      <Section title="Accounts">
        <DataTable
          label="Accounts that read"
          rows={view.actors}
          id={(row) => row.actor_id}
          columns={actors}
          of={STILL}
          empty={<Empty>Nobody has read the data of single persons in this time.</Empty>}
        />
      </Section>
      <Section title="Lists">
        <DataTable
          label="Lists taken"
          rows={view.bulk_reads}
          id={(row) => String(row.seq)}
          columns={lists}
          of={STILL}
          empty={<Empty>No list has been taken in this time.</Empty>}
        />
      </Section>
    </Stack>
  )
}

function Persons({ window }: { window: Window }) {
  const found = queries.useInfiniteQuery('get', '/api/v1/audit/reads/subjects', { params: { query: window } }, paged)
  return (
    <DataTable
      label="Persons read"
      rows={rowsOf(found.data)}
      id={(row) => row.subject_id}
      columns={persons}
      of={found}
      empty={<Empty>Nobody.</Empty>}
    />
  )
}

function useFilters(): readonly Filter<EntriesSearch>[] {
  const names = useNames()
  const named = useMay()('users:view')
  const people = Object.fromEntries([...names].map(([id, word]) => [id, { word }]))
  return [
    { kind: 'days', from: 'from_at', to: 'to_at', label: 'Last seven days', instants: true },
    named
      ? { kind: 'one', name: 'actor_id', label: 'Account', choices: people }
      : { kind: 'text', name: 'actor_id', label: 'Account id' },
    { kind: 'text', name: 'subject_id', label: 'Person, by id' }
  ]
}
