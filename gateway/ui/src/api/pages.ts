import { keepPreviousData, type InfiniteData } from '@tanstack/react-query'

type Page = { next_cursor?: string | null }

/**
 * Options for `queries.useInfiniteQuery`, for every list of the API: cursors as it has them, and the old rows stay on
 * the screen while a changed filter is being read.
 */
export const paged = {
  // Not undefined: the client would make a zero of that.
  initialPageParam: null as string | null,
  getNextPageParam: (last: Page | undefined) => last?.next_cursor ?? undefined,
  placeholderData: keepPreviousData
}

/** All rows read so far. */
export function rowsOf<Row>(data: InfiniteData<{ items: Row[] } | undefined> | undefined): Row[] {
  return data?.pages.flatMap((page) => page?.items ?? []) ?? []
}
