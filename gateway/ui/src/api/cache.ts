import { QueryClient, type Query } from '@tanstack/react-query'
import { asProblem, type Problem } from './problem'
import type { paths } from './schema'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem
  }
}

/** A path of the API, or one it begins with: `/api/v1/course-runs` stands for everything below it too. */
export type Affected = keyof paths | `/api/v1${string}`

const RETRIES = 2

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      // Live events say when something is old; without them a page is believed for a minute.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < RETRIES && worthRepeating(asProblem(error)),
      throwOnError: false
    },
    mutations: { retry: false }
  }
})

function worthRepeating(problem: Problem): boolean {
  return problem.unreachable || [502, 503, 504].includes(problem.status)
}

export function about(query: Query, affected: readonly string[]): boolean {
  const path = query.queryKey[1]
  return typeof path === 'string' && affected.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))
}

/** Read anew what stands on the screen of these paths, and later what does not. */
export async function refresh(affected: readonly Affected[]): Promise<void> {
  await cache.invalidateQueries({ predicate: (query) => about(query, affected) })
}

/** Mark as old without reading: for a tab nobody looks at. */
export async function outdate(affected: readonly Affected[]): Promise<void> {
  await cache.invalidateQueries({ predicate: (query) => about(query, affected), refetchType: 'none' })
}

/** Read what is on the screen and marked as old. */
export async function catchUp(): Promise<void> {
  await cache.refetchQueries({ type: 'active', stale: true, predicate: (query) => query.state.isInvalidated })
}
