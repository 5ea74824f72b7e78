import { useQueries } from '@tanstack/react-query'
import { useMay, type Permission } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { trailOf, type Mark } from './trail'

const MOST = 200

/** A source that cannot be asked by this role, and what it would take. */
export type Hidden = { source: string; permission: Permission }
export type Trail = {
  marks: Mark[]
  hidden: Hidden[]
  /** What the answer may lack, in sentences. */
  limits: string[]
  pending: boolean
  error: unknown
  refetch: () => unknown
  more: (() => unknown) | null
}

/** Everything the sources know under one correlation id. */
export function useTrail(id: string): Trail {
  const may = useMay()
  const sees = { audit: may('audit:read'), jobs: may('sync:view'), letters: may('messaging:view') || may('sync:view') }
  const params = { query: { correlation_id: id, limit: MOST } }
  const audit = queries.useInfiniteQuery('get', '/api/v1/audit/entries', { params }, { ...paged, enabled: sees.audit })
  const listed = queries.useInfiniteQuery('get', '/api/v1/sync/jobs', { params }, { ...paged, enabled: sees.jobs })
  const jobs = useQueries({
    queries: rowsOf(listed.data).map((job) =>
      queries.queryOptions('get', '/api/v1/sync/jobs/{job_id}', { params: { path: { job_id: job.id } } })
    )
  })
  // Dead letters have no filter by correlation id: the newest are read, and those with it are shown.
  const letters = queries.useQuery(
    'get',
    '/api/v1/dead-letters',
    { params: { query: { limit: MOST } } },
    { enabled: sees.letters }
  )
  const asked = [...(sees.audit ? [audit] : []), ...(sees.jobs ? [listed] : []), ...(sees.letters ? [letters] : [])]
  const next = [audit, listed].filter(({ hasNextPage }) => hasNextPage)
  return {
    marks: trailOf({
      entries: rowsOf(audit.data),
      jobs: jobs.flatMap(({ data }) => data ?? []),
      letters: letters.data?.items.filter(({ correlation_id }) => correlation_id === id) ?? []
    }),
    hidden: hiddenOf(sees),
    limits: letters.data?.next_cursor ? [`Of dead letters only the newest ${MOST} were looked at.`] : [],
    pending: [...asked, ...jobs].some(({ isPending }) => isPending),
    error: asked.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => Promise.all(asked.map(({ refetch }) => refetch())),
    more: next.length > 0 ? () => Promise.all(next.map(({ fetchNextPage }) => fetchNextPage())) : null
  }
}

function hiddenOf(sees: { audit: boolean; jobs: boolean; letters: boolean }): Hidden[] {
  return [
    ...(sees.audit ? [] : [{ source: 'The audit log', permission: 'audit:read' as const }]),
    ...(sees.jobs ? [] : [{ source: 'Submissions and their calls', permission: 'sync:view' as const }]),
    ...(sees.letters ? [] : [{ source: 'Dead letters', permission: 'messaging:view' as const }])
  ]
}
