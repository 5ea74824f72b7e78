import { day, instant } from '~/time'
import { plain } from '~/words'

export type Fields = { readonly [name: string]: unknown }

/** One field that is no longer as it was, or that somebody wanted otherwise. */
export type Difference = {
  /** Where it stands in the record: `sync.state`. */
  path: string
  label: string
  before: unknown
  now: unknown
  /** What the person wanted it to be; missing when they did not touch it. */
  wanted?: unknown
}

// They change with every reading, or say nothing a person compares.
const BESIDE_THE_POINT = new Set([
  'id',
  'version',
  'revision',
  'etag',
  'updated_at',
  'allowed_actions',
  'actions',
  'correlation_id',
  'age_seconds',
  'seconds_left',
  'headroom_seconds'
])
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const DAY = /^\d{4}-\d\d-\d\d$/
const CODE = /^[a-z]+(_[a-z]+)*$/

/** Field by field: what was there, what is there now, and what was wanted, as far as these are not the same. */
export function differences(before: Fields | undefined, now: Fields, wanted: Fields = {}): Difference[] {
  const moved = before === undefined ? [] : compared(before, now, '')
  const asked = Object.keys(wanted)
    .filter((name) => name in now && ![wanted[name], now[name]].some(isListOfRecords))
    .filter((name) => !same(wanted[name], now[name]))
    .map((name) => ({ path: name, label: labelOf(name), before: before?.[name], now: now[name], wanted: wanted[name] }))
  const others = moved.filter(({ path }) => !asked.some((one) => one.path === path))
  return [...asked, ...others]
}

function compared(before: Fields, now: Fields, above: string): Difference[] {
  return Object.keys(now)
    .filter((name) => !BESIDE_THE_POINT.has(name) && name in before)
    .flatMap((name) => fieldOf(before[name], now[name], above === '' ? name : `${above}.${name}`))
}

function fieldOf(before: unknown, now: unknown, path: string): Difference[] {
  if (same(before, now)) return []
  if (isFields(before) && isFields(now)) return compared(before, now, path)
  if (isRecords(before) && isRecords(now)) return entriesOf(before, now, path)
  return [{ path, label: labelOf(path), before, now }]
}

/** Entries of a list by their own ids, so that one added in front does not make all others look changed. */
function entriesOf(before: readonly Fields[], now: readonly Fields[], path: string): Difference[] {
  const was = keyed(before)
  const is = keyed(now)
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key, index) => {
    const at = `${path}.${index + 1}`
    const [one, other] = [was.get(key), is.get(key)]
    if (one !== undefined && other !== undefined) return compared(one, other, at)
    return [{ path: at, label: labelOf(at), before: one, now: other }]
  })
}

function keyed(entries: readonly Fields[]): Map<string, Fields> {
  return new Map(entries.map((entry, index) => [String(entry.id ?? entry.key ?? entry.code ?? index), entry]))
}

/** A value as people read it. */
export function told(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return value.length === 0 ? 'None' : value.map(told).join(', ')
  if (isFields(value)) return String(value.name ?? value.title ?? value.message ?? value.reference ?? 'One entry')
  if (typeof value !== 'string') return String(value)
  if (INSTANT.test(value)) return instant(value)
  if (DAY.test(value)) return day(value)
  return CODE.test(value) ? plain(value) : value
}

/** `sessions.2.start_at` as `Sessions 2, start at`. */
function labelOf(path: string): string {
  const words = path.split('.').map((part, index) => (index === 0 ? plain(part) : plain(part).toLowerCase()))
  return words.join(', ').replaceAll(/, (\d+)/g, ' $1')
}

/** Parts of a record are wanted in other words than they are told in: there is nothing to put side by side. */
function isListOfRecords(value: unknown): boolean {
  return Array.isArray(value) && value.some(isFields)
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isRecords(value: unknown): value is Fields[] {
  return Array.isArray(value) && value.every(isFields)
}
