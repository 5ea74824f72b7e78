import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { queries } from '~/api/client'
import { RunRegister } from '~/attendance/RunRegister'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { runName } from '~/runs/RunName'
import { days } from '~/time'
import { counted } from '~/words'

export function Page() {
  const { runId } = useParams({ from: '/shell/attendance/runs/$runId' })
  const { mark, session } = useSearch({ from: '/shell/attendance/runs/$runId' })
  const navigate = useNavigate({ from: '/attendance/runs/$runId' })
  const params = { path: { run_id: runId } }
  const { data: run } = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params })
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, mark: id }) })
  return (
    <>
      <PageHeader
        title={run === undefined ? 'Attendance' : `Attendance · ${runName({ ...run, remote_id: run.sync.remote_id })}`}
        below={
          run === undefined ? '' : `${days(run.start_on, run.end_on)} · ${counted(run.sessions.length, 'session')}`
        }
      >
        {run && (
          <Go to="/runs/$runId" params={{ runId }}>
            Run
          </Go>
        )}
      </PageHeader>
      <RunRegister runId={runId} run={run} session={session} mark={mark} show={show} />
    </>
  )
}
