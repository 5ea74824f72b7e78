import '@mantine/dates/styles.css'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { hours } from '~/attendance/allowed'
import { Saving } from '~/attendance/Saving'
import { Views } from '~/attendance/Views'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import type { AttendanceSearch } from '~/searches'
import { RunLink } from '~/runs/RunName'
import { sessionLooks, sheetLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayOf } from '~/time'
import { modeWords } from '~/words'

type Row = Schema['SheetOfDay']

const filters: readonly Filter<AttendanceSearch>[] = [
  { kind: 'days', from: 'from_on', to: 'to_on', label: 'Held between' },
  { kind: 'many', name: 'state', label: 'Sheet', choices: sheetLooks }
]

const columns: readonly Column<Row>[] = [
  {
    id: 'session',
    head: 'Session, SGT',
    width: '176px',
    cell: (row) => (
      <Go to="/attendance/runs/$runId" params={{ runId: row.run_id }} search={{ session: row.session_id }}>
        Session {row.sequence}, {hours(row)}
      </Go>
    )
  },
  { id: 'day', head: 'Day', width: '112px', cell: (row) => day(dayOf(row.start_at)) },
  { id: 'run', head: 'Run', cell: (row) => <RunLink id={row.run_id} /> },
  { id: 'mode', head: 'Mode', width: '144px', cell: (row) => modeWords[row.mode_of_training as Schema['Mode']] },
  { id: 'state', head: 'Sheet', width: '112px', cell: standing },
  { id: 'unmarked', head: 'To mark', width: '80px', right: true, cell: ({ unmarked }) => unmarked },
  { id: 'present', head: 'Present', width: '80px', right: true, cell: ({ present }) => present },
  { id: 'absent', head: 'Absent', width: '80px', right: true, cell: ({ absent }) => absent },
  {
    id: 'lock',
    head: 'Locks',
    width: '96px',
    cell: ({ state, lock_due_at }) => (state === 'open' && lock_due_at ? <Moment at={lock_due_at} /> : '–')
  }
]

export function Page() {
  const search = useSearch({ from: '/shell/attendance' })
  const navigate = useNavigate({ from: '/attendance' })
  // What waits for somebody comes first; every other view asks for what it wants.
  const query = { to_mark: true, ...search }
  const sheets = queries.useInfiniteQuery('get', '/api/v1/attendance/sheets/by-day', { params: { query } }, paged)
  return (
    <>
      <PageHeader title="Attendance">
        <Saving />
      </PageHeader>
      <Views search={search} />
      <Filters
        filters={filters}
        search={search}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Attendance sheets"
        rows={rowsOf(sheets.data)}
        id={(row) => row.session_id}
        columns={columns}
        of={sheets}
        open={(row) =>
          void navigate({
            to: '/attendance/runs/$runId',
            params: { runId: row.run_id },
            search: { session: row.session_id }
          })
        }
        empty={<Empty>{emptyWords(search)}</Empty>}
      />
    </>
  )
}

function standing({ session_status, state }: Row) {
  if (session_status === 'cancelled') return <Status look={sessionLooks.cancelled} />
  return state === null ? 'Not open yet' : <Status look={sheetLooks[state]} />
}

function emptyWords({ to_mark = true, ...others }: AttendanceSearch): string {
  if (Object.values(others).some((value) => value !== undefined)) return 'No sheet matches these filters.'
  return to_mark ? 'Nothing to mark. Everybody in every session so far is marked.' : 'No run has a session yet.'
}
