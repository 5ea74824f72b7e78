import { useQuery } from '@tanstack/react-query'
import { setNow } from '~/time'
import { cache } from './cache'
import { queries, type Schema } from './client'
import { isSignedIn } from './session'

const EVERY_MS = 5 * 60_000

const told = queries.queryOptions(
  'get',
  '/api/v1/ui-config',
  {},
  // Only who is signed in is told; a refusal to sign in, which would link its trace, does without.
  { staleTime: EVERY_MS, refetchInterval: EVERY_MS, enabled: isSignedIn }
)

/** What this deployment says of itself; null until it has. */
export function useConfig(): Schema['UiConfig'] | null {
  return useQuery(told).data ?? null
}

cache.getQueryCache().subscribe(({ type, query }) => {
  if (type === 'updated' && query.queryKey[1] === '/api/v1/ui-config' && query.state.data !== undefined) {
    setNow((query.state.data as Schema['UiConfig']).now)
  }
})
