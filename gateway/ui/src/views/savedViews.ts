import type { Schema } from '~/api/client'

export type SavedView = Schema['SavedViewView']
export type Search = Record<string, unknown>

/** Of an address that which makes a view: filters and columns, not the record beside the list or the month shown. */
export function viewOf(search: Search): SavedView['search'] {
  const kept = Object.entries(search).filter(([name, value]) => value !== undefined && !MOMENTARY.has(name))
  return Object.fromEntries(kept) as SavedView['search']
}

const MOMENTARY = new Set(['open', 'month', 'day'])

/** Whether two addresses show the same, in whatever order their parameters stand. */
export function same(one: Search, other: Search): boolean {
  return told(one) === told(other)
}

function told(search: Search): string {
  return JSON.stringify(Object.entries(viewOf(search)).toSorted(([one], [other]) => one.localeCompare(other)))
}
