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
const RECORD = /^(.*\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))(?:\/[^/]*)?$/i
const DEEPEST = 6

/**
 * What the person saw of the record a command was refused for, taken while it is still known; null when the refusal is
 * not about a version. Call it before anything is read anew.
 */
export function conflictOf(problem: Problem): Conflict | null {
  const { request } = problem
  if (request === null || ![CONFLICT, OTHER_VERSION].includes(problem.status)) return null
  const [, path, id] = RECORD.exec(request.path) ?? []
  if (path === undefined || id === undefined) return null
  return { path, before: seen(id, request.version), wanted: isFields(request.body) ? request.body : {} }
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
