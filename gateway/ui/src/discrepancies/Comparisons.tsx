import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { api, queries, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { paged, rowsOf } from '~/api/pages'
import { Confirm } from '~/components/Confirm'
import { Empty } from '~/components/Empty'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { reconciliationLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'
import { count } from '~/words'
import { codeWords, type Code } from './codes'

type Comparison = Schema['ReconciliationView']

const EVERY_MS = 2_000
const CODE = 'code.'

const columns: readonly Column<Comparison>[] = [
  { id: 'made', head: 'Asked, SGT', width: '152px', cell: (row) => instantShort(row.created_at) },
  {
    id: 'origin',
    head: 'By',
    width: '112px',
    cell: ({ origin }) => (origin === 'scheduled' ? 'The timetable' : 'A person')
  },
  { id: 'scope', head: 'Compares', cell: (row) => (row.run_id ? <RunLink id={row.run_id} /> : 'All open runs') },
  { id: 'state', head: 'State', width: '112px', cell: (row) => <Status look={reconciliationLooks[row.state]} /> },
  { id: 'steps', head: 'Read', width: '96px', right: true, cell: (row) => `${row.steps_done} of ${row.steps}` },
  { id: 'found', head: 'Found', cell: found },
  {
    id: 'ended',
    head: 'Ended',
    width: '96px',
    cell: (row) => (row.finished_at ? <Moment at={row.finished_at} /> : '–')
  }
]

/** Every comparison with TPGateway, newest first; one under way counts on by itself. */
export function Comparisons({ runId }: { runId?: string }) {
  const query = { run_id: runId }
  const comparisons = queries.useInfiniteQuery(
    'get',
    '/api/v1/sync/reconciliations',
    { params: { query } },
    { ...paged, refetchInterval: ({ state }) => (rowsOf(state.data).some(underWay) ? EVERY_MS : false) }
  )
  return (
    <DataTable
      label="Comparisons"
      rows={rowsOf(comparisons.data)}
      id={(row) => row.id}
      columns={columns}
      of={comparisons}
      empty={<Empty>Nothing has been compared yet.</Empty>}
    />
  )
}

/** Ask for a comparison of one run or of all; done says that it is asked for, its row says how it gets on. */
export function CompareNow({ runId, then }: { runId?: string; then: () => void }) {
  const [opened, open] = useState(false)
  const compare = useCommand(
    (_: true, headers) =>
      api.POST('/api/v1/sync/reconciliations', {
        body: runId === undefined ? { all: true } : { run_id: runId, all: false },
        headers
      }),
    {
      affects: ['/api/v1/sync/reconciliations'],
      done: () => 'The comparison begins as soon as the rate allows.',
      // oxlint-disable-next-line unicorn/no-thenable
      then
    }
  )
  const what = runId === undefined ? 'all open runs' : 'this run'
  return (
    <>
      <Button onClick={() => open(true)}>Compare now</Button>
      <Confirm
        opened={opened}
        close={() => open(false)}
        title={`Compare ${what} with TPGateway?`}
        verb={`Compare ${what}`}
        busy={compare.busy}
        confirm={() => compare.run(true)}
      >
        <Text size="sm">It only reads. What differs appears in the list; what no longer does is resolved.</Text>
      </Confirm>
    </>
  )
}

function underWay({ state }: Comparison): boolean {
  return state !== 'done'
}

/** What a comparison found, by kind; its other counts are of its own work. */
function found({ counts, state }: Comparison): string {
  const kinds = Object.entries(counts).filter(([name, number]) => name.startsWith(CODE) && number > 0)
  if (kinds.length === 0) return state === 'done' ? 'Nothing differs' : '–'
  return kinds
    .map(([name, number]) => `${codeWords[name.slice(CODE.length) as Code]?.word ?? name} ${count(number)}`)
    .join(', ')
}
