import { useQueries } from '@tanstack/react-query'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { linesOf, type Line } from './lines'
import type { Detail } from './moves'
import { usePeople } from './Trainee'

const MOST = 200

export type RunResults = {
  lines: Line[]
  drafts: ReadonlyMap<string, Detail>
  of: { isPending: boolean; isFetching: boolean; error: unknown; refetch: () => unknown }
}

/** Who is on the run, how much they attended, what was entered, and what the rules say of each draft. */
export function useRunResults(runId: string): RunResults {
  const may = useMay()
  const query = { run_id: runId, limit: MOST }
  const outcomes = queries.useQuery('get', '/api/v1/assessments/outcomes', { params: { query } })
  const entered = queries.useQuery('get', '/api/v1/assessments', { params: { query } })
  const enabled = may('attendance:view')
  const rates = queries.useQuery('get', '/api/v1/attendance/rates', { params: { query } }, { enabled })
  const { people, pending } = usePeople(runId)
  const lines = linesOf({
    outcomes: outcomes.data?.items ?? [],
    assessments: entered.data?.items ?? [],
    rates: rates.data?.items ?? [],
    people
  })
  return {
    lines,
    drafts: useDrafts(lines),
    of: {
      isPending: outcomes.isPending || entered.isPending || pending || (enabled && rates.isPending),
      isFetching: outcomes.isFetching || entered.isFetching,
      error: outcomes.error ?? entered.error,
      refetch: () => Promise.all([outcomes.refetch(), entered.refetch()])
    }
  }
}

/** The drafts with their warnings, which lists do not hold. */
function useDrafts(lines: readonly Line[]): Map<string, Detail> {
  const ids = lines.flatMap(({ latest }) => (latest?.status === 'draft' ? [latest.id] : []))
  return useQueries({
    queries: ids.map((id) =>
      queries.queryOptions('get', '/api/v1/assessments/{assessment_id}', { params: { path: { assessment_id: id } } })
    ),
    combine: (found) => new Map(found.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data] as const])))
  })
}
