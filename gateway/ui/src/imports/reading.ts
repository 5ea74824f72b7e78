import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { paged } from '~/api/pages'
import { countOf, readyOf, underWay, type Batch, type Kind, type Row, type Verdict } from './kinds'

// Keys begin as those of every other query, so that commands and events outdate these too.

const EVERY_MS = 1_000
const MOST_PAGES = 25

/** One file, read anew every second while the worker is at it. */
export function useBatch(kind: Kind, id: string) {
  return useQuery({
    queryKey: ['get', kind.path, 'one', id],
    queryFn: async () => (await kind.read(id)).data!,
    refetchInterval: ({ state }) => underWay(state.data) && EVERY_MS
  })
}

/** Files that were sent, newest first. */
export function useBatches(kind: Kind) {
  return useInfiniteQuery({
    queryKey: ['get', kind.path, 'all'],
    queryFn: async ({ pageParam }) => (await kind.list(pageParam)).data!,
    ...paged
  })
}

/** The rows of a file, or those with one verdict, in the file's order. */
export function useRows(kind: Kind, batch: Batch, verdict: Verdict | undefined) {
  const verdicts = verdict === undefined ? [] : [verdict]
  return useInfiniteQuery({
    queryKey: ['get', kind.path, 'rows', batch.id, batch.status, verdicts],
    queryFn: async ({ pageParam }) => (await kind.rows(batch.id, verdicts, pageParam)).data!,
    ...paged
  })
}

/** The rows that are left out; `whole` unless there are more than anybody would read on a page. */
export function useLeftOut(kind: Kind, batch: Batch) {
  const verdicts = leftOut(kind, batch)
  return useQuery({
    queryKey: ['get', kind.path, 'left out', batch.id, batch.status, verdicts],
    queryFn: () => readAll(kind, batch.id, verdicts),
    enabled: verdicts.length > 0
  })
}

/** Verdicts of rows that are not taken; and when some that were ready were refused at the end, theirs too. */
export function leftOut(kind: Kind, batch: Batch): Verdict[] {
  const late = batch.status === 'committed' && batch.taken < readyOf(kind, batch)
  return kind.verdicts
    .filter(({ verdict, ready }) => countOf(batch, verdict) > 0 && (late || !ready))
    .map(({ verdict }) => verdict)
}

async function readAll(kind: Kind, id: string, verdicts: Verdict[]): Promise<{ rows: Row[]; whole: boolean }> {
  const rows: Row[] = []
  let cursor: string | null = null
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data }: { data?: { items: Row[]; next_cursor?: string | null } } = await kind.rows(id, verdicts, cursor)
    rows.push(...(data?.items ?? []))
    cursor = data?.next_cursor ?? null
    if (cursor === null) return { rows, whole: true }
  }
  return { rows, whole: false }
}
