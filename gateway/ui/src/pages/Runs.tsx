import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go, GoButton } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { runLooks, syncLooks } from '~/status'
import { chosen } from '~/table/chosen'
import { Columns } from '~/table/Columns'
import { DataTable, type Column } from '~/table/DataTable'
import { days, instantShort } from '~/time'
import { modeWords } from '~/words'
import type { RunsSearch } from '~/searches'
import { ViewBar } from '~/views/ViewBar'

type Run = Schema['RunSummary']

const filters: readonly Filter<Omit<RunsSearch, 'columns'>>[] = [
  { kind: 'text', name: 'q', label: 'Course or TPGateway run id' },
  { kind: 'many', name: 'status', label: 'Status', choices: runLooks },
  { kind: 'many', name: 'sync_state', label: 'Sync', choices: syncLooks },
  { kind: 'days', from: 'from_on', to: 'to_on', label: 'Held between' }
]

const columns: readonly Column<Run>[] = [
  {
    id: 'run',
    head: 'Run',
    width: '112px',
    sort: (run) => run.remote_id,
    cell: (run) => (
      <Go to="/runs/$runId" params={{ runId: run.id }}>
        {run.remote_id ?? 'No number yet'}
      </Go>
    )
  },
  {
    id: 'course',
    head: 'Course',
    sort: (run) => run.course_title,
    cell: (run) => (
      <>
        {run.course_title} <span className="dimmed">{run.course_reference}</span>
      </>
    )
  },
  {
    id: 'dates',
    head: 'Dates',
    width: '160px',
    sort: (run) => run.start_on,
    cell: (run) => days(run.start_on, run.end_on)
  },
  { id: 'mode', head: 'Mode', width: '112px', cell: (run) => modeWords[run.mode_of_training] },
  { id: 'seats', head: 'Seats', width: '88px', right: true, sort: (run) => run.registered_count, cell: seats },
  {
    id: 'status',
    head: 'Status',
    width: '128px',
    sort: (run) => run.status,
    cell: (run) => <Status look={runLooks[run.status]} />
  },
  { id: 'sync', head: 'Sync', width: '136px', cell: (run) => <Status look={syncLooks[run.sync_state]} /> },
  {
    id: 'next',
    head: 'Next session, SGT',
    width: '152px',
    sort: (run) => run.next_session_at,
    cell: (run) => (run.next_session_at ? instantShort(run.next_session_at) : '–')
  }
]

export function Page() {
  const search = useSearch({ from: '/shell/runs' })
  const { columns: shown, ...wanted } = search
  const navigate = useNavigate({ from: '/runs' })
  const runs = queries.useInfiniteQuery('get', '/api/v1/course-runs', { params: { query: wanted } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const set = (changed: Partial<RunsSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })
  return (
    <>
      <PageHeader title="Runs">
        <Can do="runs:write">
          <GoButton to="/runs/new">New run</GoButton>
        </Can>
      </PageHeader>
      <ViewBar list="runs" search={search}>
        <Columns of={columns} shown={shown} set={(next) => set({ columns: next })} />
      </ViewBar>
      <Filters filters={filters} search={wanted} set={set} />
      <DataTable
        label="Course runs"
        rows={rowsOf(runs.data)}
        id={(run) => run.id}
        columns={chosen(columns, shown)}
        of={runs}
        open={(run) => void navigate({ to: '/runs/$runId', params: { runId: run.id } })}
        empty={<Empty>{filtered ? 'No run matches these filters.' : 'No run has been planned yet.'}</Empty>}
      />
    </>
  )
}

/** `18/20 +2`: taken, intake, extra places. */
function seats(run: Run): string {
  const extra = run.threshold > 0 ? ` +${run.threshold}` : ''
  return `${run.registered_count}/${run.intake_size}${extra}`
}
