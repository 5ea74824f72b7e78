import type { Schema } from '~/api/client'
import { plain } from '~/words'

export type Entry = Schema['AuditEntryView']
export type EntryDetail = Schema['EntryDetail']

const subjects = [
  'run',
  'session',
  'course',
  'trainer',
  'venue',
  'trainee',
  'employer',
  'enrolment',
  'fee',
  'attendance',
  'attendance_sheet',
  'assessment',
  'assessment_outcome',
  'certificate',
  'sync',
  'discrepancy',
  'obligation',
  'user',
  'client',
  'sign_in',
  'signing_key',
  'audit'
] as const

export const services = ['auth', 'course', 'enrolment', 'attendance', 'assessment', 'tpg-sync', 'audit', 'gateway']

/** Choices of a filter whose values need no other word than themselves. */
export function choices(codes: readonly string[]): Record<string, { word: string }> {
  return Object.fromEntries(codes.map((code) => [code, { word: plain(code) }]))
}

export const subjectChoices = choices(subjects)

/** `old → new` of one field; a personal value is never in the log, only that it changed. */
export type Change = { field: string; old: string; new: string }

export function changesOf(entry: Pick<Entry, 'changes'>): Change[] {
  return entry.changes.map((change) => ({
    field: plain(String(change.field)),
    old: shown(change.old),
    new: shown(change.new)
  }))
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
