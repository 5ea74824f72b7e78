import '@mantine/dates/styles.css'
import { Group } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import type { Summary } from '~/assessments/moves'
import { Panel } from '~/assessments/Panel'
import { Trainee } from '~/assessments/Trainee'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go, GoButton } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import type { AssessmentsSearch } from '~/searches'
import { assessmentLooks, resultLooks, syncLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day } from '~/time'

const PAGE = 200

const views: readonly { name: string; search: AssessmentsSearch }[] = [
  { name: 'All', search: {} },
  { name: 'Drafts', search: { status: ['draft'] } },
  { name: 'Waits for a second person', search: { waiting: true } },
  { name: 'Counting', search: { effective: true } },
  { name: 'Sync needs a person', search: { sync_state: ['rejected', 'dead', 'drifted'] } }
]

const filters: readonly Filter<Omit<AssessmentsSearch, 'open'>>[] = [
  { kind: 'text', name: 'remote_id', label: 'TPGateway reference' },
  { kind: 'many', name: 'status', label: 'Status', choices: assessmentLooks },
  { kind: 'many', name: 'sync_state', label: 'Sync', choices: syncLooks },
  { kind: 'text', name: 'skill_code', label: 'Skill code' },
  { kind: 'days', from: 'from_on', to: 'to_on', label: 'Assessed' }
]

const columns: readonly Column<Summary>[] = [
  {
    id: 'name',
    head: 'Trainee',
    cell: (row) => (
      <Go from="/assessments" to="/assessments" search={(old) => ({ ...old, open: row.id })}>
        <Trainee of={row} />
      </Go>
    )
  },
  {
    id: 'run',
    head: 'Run',
    width: '152px',
    cell: (row) => (
      <Go to="/assessments/runs/$runId" params={{ runId: row.run_id }}>
        {row.course_reference}
      </Go>
    )
  },
  { id: 'skill', head: 'Skill', width: '112px', cell: (row) => row.skill_code ?? 'Course' },
  { id: 'attempt', head: 'Attempt', width: '72px', right: true, cell: (row) => row.attempt },
  {
    id: 'result',
    head: 'Result',
    width: '144px',
    cell: (row) => (row.result === null ? '–' : <Status look={resultLooks[row.result]} />)
  },
  { id: 'score', head: 'Score', width: '64px', right: true, cell: (row) => row.score ?? '–' },
  { id: 'grade', head: 'Grade', width: '64px', cell: (row) => row.grade ?? '–' },
  {
    id: 'status',
    head: 'Status',
    width: '160px',
    cell: (row) => <Status look={assessmentLooks[row.status]} note={row.effective ? 'counts' : undefined} />
  },
  { id: 'sync', head: 'Sync', width: '120px', cell: (row) => <Status look={syncLooks[row.sync_state]} /> },
  { id: 'on', head: 'Assessed', width: '104px', cell: (row) => day(row.assessed_on) }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/assessments' })
  const navigate = useNavigate({ from: '/assessments' })
  const query = { ...wanted, limit: PAGE }
  const found = queries.useInfiniteQuery('get', '/api/v1/assessments', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Assessments" below="Open a run to type its results." />
      <Group component="nav" aria-label="Views" gap={4} mb={8}>
        {views.map(({ name, search }) => (
          <GoButton
            key={name}
            to="/assessments"
            search={search}
            size="xs"
            variant={JSON.stringify(search) === JSON.stringify(wanted) ? 'default' : 'subtle'}
            color="idle.9"
            c="var(--mantine-color-text)"
            activeOptions={{ exact: true }}
          >
            {name}
          </GoButton>
        ))}
      </Group>
      <Filters
        filters={filters}
        search={wanted}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Assessments"
        rows={rowsOf(found.data)}
        id={(row) => row.id}
        columns={columns}
        of={found}
        open={(row) => show(row.id)}
        empty={<Empty>{filtered ? 'No assessment matches these filters.' : 'No result has been entered yet.'}</Empty>}
      />
      <Panel id={open} show={show} />
    </>
  )
}
