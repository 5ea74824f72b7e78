import type { Schema } from './api/client'

// What people call the API's codes. The types make each list complete.

export const recordWords: Record<Schema['RecordType'], string> = {
  run: 'Run',
  enrolment: 'Enrolment',
  fee: 'Fee',
  attendance: 'Attendance',
  assessment: 'Assessment'
}

export const kindWords: Record<Schema['JobKind'], string> = {
  'run.publish': 'Publish run',
  'run.edit': 'Change run',
  'run.delete': 'Cancel run',
  'run.sessions': 'Read back sessions',
  'run.drop_session': 'Remove a session not ours',
  'run.delete_foreign': 'Remove a run not ours',
  'enrolment.create': 'Create enrolment',
  'enrolment.update': 'Change enrolment',
  'enrolment.cancel': 'Cancel enrolment',
  'enrolment.cancel_foreign': 'Cancel an enrolment not ours',
  'fee.collect': 'Report fee',
  'attendance.upload': 'Upload attendance',
  'attendance.void_foreign': 'Void attendance not ours',
  'assessment.create': 'Create assessment',
  'assessment.update': 'Change assessment',
  'assessment.void': 'Void assessment',
  'assessment.void_foreign': 'Void an assessment not ours'
}

export const modeWords: Record<Schema['Mode'], string> = {
  1: 'Classroom',
  2: 'Asynchronous e-learning',
  3: 'In-house',
  4: 'On the job',
  5: 'Practical',
  6: 'Supervised field',
  7: 'Traineeship',
  8: 'Assessment',
  9: 'Synchronous e-learning'
}

export const vacancyWords: Record<Schema['Vacancy'], string> = { A: 'Available', L: 'Limited', F: 'Full' }

export const trainerRoles: Record<number, string> = { 1: 'Trainer', 2: 'Assessor' }

export function roleName(role: number): string {
  return trainerRoles[role] ?? `Role ${role}`
}

export function roleWords(roles: readonly number[]): string {
  return roles.map(roleName).join(', ')
}

/** `S$2,000`; Singapore dollars from cents. */
export function money(cents: number): string {
  return `S$${Math.round(cents / 100).toLocaleString('en-SG')}`
}

export function count(number: number): string {
  return number.toLocaleString('en-SG')
}

/** `1 run`, `3 runs` */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

/** `cut_short` as `Cut short`, for codes that have no better word. */
export function plain(code: string): string {
  const text = code.replaceAll(/[._-]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Codes and their words, to choose from. */
export function options<Code extends string>(words: Record<Code, string>): { value: Code; label: string }[] {
  return (Object.entries(words) as [Code, string][]).map(([value, label]) => ({ value, label }))
}
