import { useSearch } from '@tanstack/react-router'
import { queries } from '~/api/client'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { CopyFrom } from '~/planning/CopyFrom'
import { PlanForm } from '~/planning/PlanForm'
import { blank, copyOf } from '~/planning/plan'
import { runName } from '~/runs/RunName'
import { today } from '~/time'

/** A run from nothing, or like an earlier one. */
export function Page() {
  const { from } = useSearch({ from: '/shell/runs/new' })
  return from === undefined ? (
    <>
      <PageHeader title="New run">
        <CopyFrom />
      </PageHeader>
      <PlanForm key="blank" start={blank(today())} draft={null} />
    </>
  ) : (
    <Copied from={from} />
  )
}

function Copied({ from }: { from: string }) {
  const run = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params: { path: { run_id: from } } })
  return (
    <Loaded of={run}>
      {(data) => (
        <>
          <PageHeader
            title="New run"
            below={`Like ${runName({ ...data, remote_id: data.sync.remote_id })}. Choose its dates; sessions move along.`}
          >
            <CopyFrom />
          </PageHeader>
          <PlanForm key={from} start={copyOf(data, today())} draft={null} />
        </>
      )}
    </Loaded>
  )
}
