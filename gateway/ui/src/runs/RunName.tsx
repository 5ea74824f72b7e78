import { queries, type Schema } from '~/api/client'
import { Go } from '~/components/links'
import { dayShort } from '~/time'

const KEPT_MS = 10 * 60_000

/** What people call a run: TPGateway's number once it has one, its course, its first day. */
export function runName(run: Pick<Schema['RunSummary'], 'course_title' | 'start_on' | 'remote_id'>): string {
  const number = run.remote_id ? `Run ${run.remote_id}` : `Run of ${dayShort(run.start_on)}`
  return `${number} · ${run.course_title}`
}

/** A run by its id, where a list knows no more: asked for once and kept. */
export function RunLink({ id }: { id: string }) {
  const { data, isPending } = queries.useQuery(
    'get',
    '/api/v1/course-runs/{run_id}',
    { params: { path: { run_id: id } } },
    { staleTime: KEPT_MS }
  )
  return (
    <Go to="/runs/$runId" params={{ runId: id }} truncate display="block" data-reading={isPending || undefined}>
      {data === undefined ? 'Run' : runName({ ...data, remote_id: data.sync.remote_id })}
    </Go>
  )
}
