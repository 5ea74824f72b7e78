import { Tabs } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Can, useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { RunTab as Attendance } from '~/attendance/RunTab'
import { GoButton } from '~/components/links'
import { Loaded, Waiting } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import { ChangePlan } from '~/replanning/ChangePlan'
import { changeName } from '~/replanning/changes'
import { EvidenceButton } from '~/runs/EvidenceButton'
import { Overview } from '~/runs/Overview'
import { RunActions } from '~/runs/RunActions'
import { runName } from '~/runs/RunName'
import { Sessions } from '~/runs/Sessions'
import type { RunSearch, RunTab } from '~/searches'
import { runLooks, syncLooks } from '~/status'
import { Timeline } from '~/sync/Timeline'
import { days } from '~/time'
import { counted } from '~/words'

const Replanning = lazy(() => import('~/replanning/Replanning'))

export function Page() {
  const { runId } = useParams({ from: '/shell/runs/$runId' })
  const run = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params: { path: { run_id: runId } } })
  return <Loaded of={run}>{(data) => <Run run={data} />}</Loaded>
}

function Run({ run }: { run: Schema['RunDetail'] }) {
  const { tab = 'overview', change, session } = useSearch({ from: '/shell/runs/$runId' })
  const navigate = useNavigate({ from: '/runs/$runId' })
  const may = useMay()
  const open = (next: string | null) => void navigate({ search: { tab: next as RunTab }, replace: true })
  const show = (next: RunSearch) => void navigate({ search: (old) => ({ ...old, session: undefined, ...next }) })
  const close = () => show({ change: undefined })
  return (
    <>
      <PageHeader
        title={runName({ ...run, remote_id: run.sync.remote_id })}
        beside={
          <>
            <Status look={runLooks[run.status]} />
            <Status look={syncLooks[run.sync.state]} />
          </>
        }
        below={`${days(run.start_on, run.end_on)} · ${counted(run.sessions.length, 'session')} · ${run.registered_count} of ${run.intake_size} seats taken`}
      >
        {may('runs:write') && run.status === 'draft' && (
          <GoButton to="/runs/$runId/plan" params={{ runId: run.id }} variant="default">
            Edit plan
          </GoButton>
        )}
        {may('runs:write') && (
          <GoButton to="/runs/new" search={{ from: run.id }} variant="default">
            Plan another like it
          </GoButton>
        )}
        <Can do="assessments:view">
          <GoButton to="/assessments/runs/$runId" params={{ runId: run.id }} variant="default">
            Results
          </GoButton>
        </Can>
        <Can do="evidence:export">
          <EvidenceButton run={run} />
        </Can>
        {may('runs:write') && run.status !== 'draft' && (
          <ChangePlan run={run} open={(next) => show({ change: next })} />
        )}
        <RunActions run={run} />
      </PageHeader>
      <Tabs value={tab} onChange={open} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="sessions">Sessions</Tabs.Tab>
          {may('attendance:view') && <Tabs.Tab value="attendance">Attendance</Tabs.Tab>}
          {may('sync:view') && <Tabs.Tab value="sync">Sync</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="sessions">
          <Sessions run={run} open={show} />
        </Tabs.Panel>
        <Tabs.Panel value="attendance">
          <Attendance run={run} />
        </Tabs.Panel>
        <Tabs.Panel value="sync">
          <Timeline recordType="run" recordId={run.id} />
        </Tabs.Panel>
      </Tabs>
      <SidePanel
        title={change === undefined ? '' : changeName(run, change, session)}
        opened={change !== undefined && may('runs:write')}
        close={close}
      >
        {change !== undefined && (
          <Suspense fallback={<Waiting />}>
            <Replanning run={run} change={change} sessionId={session} close={close} />
          </Suspense>
        )}
      </SidePanel>
    </>
  )
}
