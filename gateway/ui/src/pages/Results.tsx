import '@mantine/dates/styles.css'
import { Tabs } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { Certificates } from '~/assessments/Certificates'
import { Panel } from '~/assessments/Panel'
import { ResultsTable } from '~/assessments/ResultsTable'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import type { ResultsSearch } from '~/searches'
import { runName } from '~/runs/RunName'
import { runLooks } from '~/status'
import { days } from '~/time'

export function Page() {
  const { runId } = useParams({ from: '/shell/assessments/runs/$runId' })
  const run = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params: { path: { run_id: runId } } })
  return <Loaded of={run}>{(data) => <Results key={data.id} run={data} />}</Loaded>
}

function Results({ run }: { run: Schema['RunDetail'] }) {
  const { tab = 'results', open } = useSearch({ from: '/shell/assessments/runs/$runId' })
  const navigate = useNavigate({ from: '/assessments/runs/$runId' })
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  const turn = (next: string | null) => void navigate({ search: { tab: next as ResultsSearch['tab'] }, replace: true })
  return (
    <>
      <PageHeader
        title={`Results of ${runName({ ...run, remote_id: run.sync.remote_id })}`}
        beside={<Status look={runLooks[run.status]} />}
        below={
          <>
            {days(run.start_on, run.end_on)} ·{' '}
            <Go to="/runs/$runId" params={{ runId: run.id }} underline="always">
              The run
            </Go>
          </>
        }
      />
      <Tabs value={tab} onChange={turn} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="results">Results</Tabs.Tab>
          <Tabs.Tab value="certificates">Certificates</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="results">
          <ResultsTable run={run} show={show} />
        </Tabs.Panel>
        <Tabs.Panel value="certificates">
          <Certificates runId={run.id} />
        </Tabs.Panel>
      </Tabs>
      <Panel id={open} show={show} />
    </>
  )
}
