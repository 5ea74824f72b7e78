import { cache } from '~/api/cache'
import { api } from '~/api/client'
import { Problem } from '~/api/problem'
import { isFields, type Fields } from './differences'

/** A record that was not as the person saw it when their command arrived. */
export type Conflict = {
  /** The record's own address in the API. */
  path: string
  before: Fields | undefined
  wanted: Fields
}

const OTHER_VERSION = 412
const CONFLICT = 409
const ID = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\/|$)/gi
/** An action on a record, or the record itself. */
const AT_MOST_AN_ACTION = /^(?:\/[^/]*)?$/
const DEEPEST = 6

/**
 * What the person saw of the record a command was refused for, taken while it is still known; null when the refusal is
 * not about a version. Call it before anything is read anew.
 */
export function conflictOf(problem: Problem): Conflict | null {
  const { request } = problem
  if (request === null || ![CONFLICT, OTHER_VERSION].includes(problem.status)) return null
  const [own, ...above] = addressed(request.path)
  if (own === undefined || !AT_MOST_AN_ACTION.test(own.rest)) return null
  const before = seen(own.id, request.version)
  // A part may have no version of its own, as a run's session: what was changed is then the record that holds it.
  const holder = before === undefined ? above.find(({ id }) => seen(id, request.version) !== undefined) : undefined
  if (holder !== undefined) return { path: holder.path, before: seen(holder.id, request.version), wanted: {} }
  return { path: own.path, before, wanted: isFields(request.body) ? request.body : {} }
}

/** The records a path leads through, the innermost first, and what follows on each. */
function addressed(path: string): { path: string; id: string; rest: string }[] {
  const found = [...path.matchAll(ID)].map((each) => {
    const end = each.index + each[0].length
    return { path: path.slice(0, end), id: each[1]!, rest: path.slice(end) }
  })
  return found.toReversed()
}

/** Whether the record really is another by now: a rule may refuse what nobody else has touched. */
export async function isOutdated({ path, before, wanted }: Conflict): Promise<boolean> {
  if (before === undefined && Object.keys(wanted).length === 0) return false
  try {
    const now = await readNow(path)
    return before === undefined || now.version !== before.version
  } catch {
    return false
  }
}

/** The record as it is now. */
export async function readNow(path: string): Promise<Fields> {
  // Any path of the API: the client's types know them one by one.
  const { data } = await (api.GET as (path: string) => Promise<{ data?: unknown }>)(path)
  return isFields(data) ? data : {}
}

/** The fullest copy of a record that was read, of that very version if there is one. */
function seen(id: string, version: number | null): Fields | undefined {
  const copies = cache
    .getQueryCache()
    .getAll()
    .flatMap(({ state }) => copiesIn(state.data, id))
  const exact = copies.filter((copy) => version === null || copy.version === version)
  return (exact.length > 0 ? exact : copies).toSorted((one, other) => size(other) - size(one))[0]
}

function copiesIn(value: unknown, id: string, depth = 0): Fields[] {
  if (depth > DEEPEST) return []
  if (Array.isArray(value)) return value.flatMap((entry) => copiesIn(entry, id, depth + 1))
  if (!isFields(value)) return []
  if (value.id === id && 'version' in value) return [value]
  return Object.values(value).flatMap((entry) => copiesIn(entry, id, depth + 1))
}

function size(fields: Fields): number {
  return Object.keys(fields).length
}
