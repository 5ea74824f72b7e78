import type { Schema } from '~/api/client'
import { plain } from '~/words'

type Row = { number: number; taken: boolean; findings: Schema['RowFinding'][] }

/** Rows that one and the same repair would mend. */
export type Repair = {
  field: string
  code: string
  /** Of the first row; `same` unless those of others differ. */
  message: string
  same: boolean
  fix: string
  rows: number[]
}

/** What is wrong with the rows that are not taken, grouped by repair, the most frequent first. */
export function repairs(rows: readonly Row[]): Repair[] {
  const found = new Map<string, Repair>()
  for (const { number, taken, findings } of rows) {
    if (taken) continue
    for (const { field, code, message, fix } of findings) {
      // Messages may name another row; field, code and fix say what to do.
      const key = JSON.stringify([field, code, fix])
      const repair = found.get(key) ?? { field, code, message, same: true, fix, rows: [] }
      repair.same &&= repair.message === message
      if (repair.rows.at(-1) !== number) repair.rows.push(number)
      found.set(key, repair)
    }
  }
  return [...found.values()].toSorted((one, other) => other.rows.length - one.rows.length)
}

/** `rows 8, 33 and 58`, `rows 8, 33, 58 and 17 more` */
export function rowWords(numbers: readonly number[], most = 3): string {
  if (numbers.length === 1) return `row ${numbers[0]}`
  const shown = numbers.slice(0, numbers.length > most ? most : -1)
  const last = numbers.length > most ? `${numbers.length - most} more` : String(numbers.at(-1))
  return `rows ${shown.join(', ')} and ${last}`
}

/** A column as people call it: `ID number`, `Employer UEN`. */
export function columnWords(field: string): string {
  return plain(field)
    .replace(/^Id\b/, 'ID')
    .replace(/\buen\b/i, 'UEN')
}
