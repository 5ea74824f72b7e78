import { api } from '~/api/client'
import type { Detail } from '../moves'
import { judged, type Counted } from './judging'
import { sweep } from './sweep'

const AT_ONCE = 4
const PAGE = 200

/** A dry run: what the API says of the action for each, read now. Changes nothing. */
export async function count(
  ids: readonly string[],
  action: string,
  stop: AbortSignal,
  told: (done: number) => void
): Promise<Counted> {
  const found = new Map<string, Detail>()
  const read = async (id: string) => {
    const { data } = await api.GET('/api/v1/enrolments/{enrolment_id}', { params: { path: { enrolment_id: id } } })
    if (data !== undefined) found.set(id, data)
  }
  await sweep(ids, read, { atOnce: AT_ONCE, stop, told })
  return judged(
    ids.flatMap((id) => found.get(id) ?? []),
    action
  )
}

/** The ids of all that match, page after page: the set as it is now, and it does not grow afterwards. */
export async function allThatMatch(query: object, told: (found: number) => void): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const { data } = await api.GET('/api/v1/enrolments', { params: { query: { ...query, limit: PAGE, cursor } } })
    ids.push(...(data?.items.map(({ id }) => id) ?? []))
    told(ids.length)
    cursor = data?.next_cursor ?? undefined
  } while (cursor !== undefined)
  return ids
}
