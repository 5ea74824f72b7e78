import { useParams } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { PlanForm } from '~/planning/PlanForm'
import { planOf } from '~/planning/plan'
import { runName } from '~/runs/RunName'
import { runLooks } from '~/status'

/** A draft, to be planned anew as a whole. */
export function Page() {
  const { runId } = useParams({ from: '/shell/runs/$runId/plan' })
  const run = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params: { path: { run_id: runId } } })
  return <Loaded of={run}>{(data) => <Planned run={data} />}</Loaded>
}

function Planned({ run }: { run: Schema['RunDetail'] }) {
  const name = runName({ ...run, remote_id: run.sync.remote_id })
  const back = (
    <Go to="/runs/$runId" params={{ runId: run.id }}>
      Open the run
    </Go>
  )
  return (
    <>
      <PageHeader title={`Plan of ${name}`} beside={<Status look={runLooks[run.status]} />}>
        {run.status === 'draft' && back}
      </PageHeader>
      {run.status === 'draft' ? (
        <PlanForm key={run.version} start={planOf(run)} draft={run} />
      ) : (
        <Empty next={back}>Only a draft is planned as a whole. This run changes step by step, from its own page.</Empty>
      )}
    </>
  )
}
