import { Button, Group, Text } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { queries } from '~/api/client'
import { shortId } from '~/api/ids'
import { paged, rowsOf } from '~/api/pages'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { TraceLink } from '~/components/TraceLink'
import type { LettersSearch } from '~/searches'
import { failedAgain, standingLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { counted, plain } from '~/words'
import { Decide } from './Decide'
import { decisions, type Alike, type Choice, type Decision } from './decisions'
import { letterName, replays, type Letter } from './names'

type Filter = Pick<LettersSearch, 'service' | 'kind' | 'fingerprint' | 'type' | 'aggid' | 'standing'>

/** Ids begin with their time: what tells two of the same second apart stands at the end. */

const columns: readonly Column<Letter>[] = [
  {
    id: 'name',
    head: 'Event or submission',
    width: '168px',
    cell: (letter) => (
      <Go from="/dead-letters" to="/dead-letters" search={(old) => ({ ...old, open: letter.id })}>
        {letterName(letter)}
      </Go>
    )
  },
  { id: 'standing', head: 'State', width: '136px', cell: (letter) => <Standing of={letter} /> },
  { id: 'subject', head: 'Subject', width: '168px', cell: (letter) => <Subject of={letter} /> },
  { id: 'why', head: 'Reason', cell: (letter) => <span title={letter.words}>{letter.words}</span> },
  { id: 'tries', head: 'Tries', width: '56px', right: true, cell: (letter) => letter.attempts },
  { id: 'replays', head: 'Replays', width: '72px', right: true, cell: replays },
  { id: 'first', head: 'First', width: '88px', cell: (letter) => <Moment at={letter.first_at} /> },
  { id: 'last', head: 'Last', width: '88px', cell: (letter) => <Moment at={letter.last_at} /> },
  { id: 'correlation', head: 'Correlation', width: '144px', cell: (letter) => <Trail of={letter} /> }
]

type Props = {
  label: string
  filter: Filter
  empty: ReactNode
  /** What all that match have in common, where that can be said in a decision. */
  alike?: Alike
}

/** Dead letters one by one; some chosen, or all that match, are decided together. */
export function Letters({ label, filter, empty, alike }: Props) {
  const [chosen, choose] = useState<string[]>([])
  const [asked, ask] = useState<{ decision: Decision; choice: Choice } | null>(null)
  const letters = queries.useInfiniteQuery('get', '/api/v1/dead-letters', { params: { query: filter } }, paged)
  const rows = rowsOf(letters.data)
  const picked = rows.filter(({ id }) => chosen.includes(id))
  const asOf = letters.data?.pages[0]?.as_of
  return (
    <>
      <Group gap={8} mih={36} mb={4}>
        <Text size="sm" c="dimmed">
          {picked.length === 0
            ? 'Choose some to decide about them.'
            : `${counted(picked.length, 'dead letter')} chosen`}
        </Text>
        {Object.values(decisions)
          .filter(({ act }) => allOffer(picked, act))
          .map((decision) => (
            <Button
              key={decision.act}
              size="xs"
              variant="default"
              onClick={() => ask({ decision, choice: { ids: picked.map(({ id }) => id) } })}
            >
              {decision.verb} chosen
            </Button>
          ))}
        {alike !== undefined && asOf !== undefined && rows.some(({ actions = [] }) => actions.includes('replay')) && (
          <Button
            size="xs"
            variant="default"
            onClick={() => ask({ decision: decisions.replay, choice: { ...alike, until: asOf } })}
          >
            Replay all that match
          </Button>
        )}
      </Group>
      <DataTable
        label={label}
        rows={rows}
        id={(letter) => letter.id}
        columns={columns}
        of={letters}
        select={{ ids: chosen, set: choose }}
        empty={empty}
      />
      {asked && <Decide {...asked} close={() => ask(null)} then={() => choose([])} />}
    </>
  )
}

function allOffer(letters: readonly Letter[], act: Decision['act']): boolean {
  return letters.length > 0 && letters.every(({ actions = [] }) => actions.includes(act))
}

function Standing({ of: letter }: { of: Letter }) {
  if (letter.standing === 'dead' && replays(letter) > 0) return <Status look={failedAgain} />
  return <Status look={standingLooks[letter.standing]} />
}

/** The record it is about. */
export function Subject({ of: letter }: { of: Letter }) {
  if (letter.kind === 'sync' && letter.record_type && letter.record_id) {
    const recordType = letter.record_type as 'run'
    return (
      <Go to="/sync/$recordType/$recordId" params={{ recordType, recordId: letter.record_id }}>
        {plain(letter.record_type)} {shortId(letter.record_id)}
      </Go>
    )
  }
  if (!letter.aggtype || !letter.aggid) return '–'
  return (
    <Group gap={4} wrap="nowrap">
      {plain(letter.aggtype)} <CopyId id={letter.aggid} label="record id" />
    </Group>
  )
}

function Trail({ of: letter }: { of: Letter }) {
  return (
    <Group gap={8} wrap="nowrap">
      {letter.correlation_id ? <CopyId id={letter.correlation_id} /> : '–'}
      <TraceLink id={letter.trace_id}>Trace</TraceLink>
    </Group>
  )
}
