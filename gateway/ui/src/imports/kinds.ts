import type { Affected } from '~/api/cache'
import { api, type Schema } from '~/api/client'
import type { CommandHeaders } from '~/api/command'
import { attendanceVerdictLooks, enrolmentVerdictLooks, type Look } from '~/status'
import { counted } from '~/words'

// What there is to import. Both ways of the API have one shape; what differs between them stands here.

export type Batch = Schema['EnrolmentBatchView'] | Schema['AttendanceBatchView']
export type Row = Schema['EnrolmentRowView'] | Schema['AttendanceRowView']
export type Verdict = Schema['EnrolmentVerdict'] | Schema['AttendanceVerdict']
export type Sheet = { file: Blob; runId: string | null; evidence: string }
export type Received = { batch: Batch; again: boolean }
export type Order = { batch: Batch; seats: boolean; leaveOut: boolean }

type Answer<Data> = Promise<{ data?: Data }>
type Page<Item> = { items: Item[]; next_cursor?: string | null }

export type Kind = {
  title: string
  start: '/enrolments/import' | '/attendance/import'
  one: '/enrolments/imports/$importId' | '/attendance/imports/$importId'
  /** The API's path of what was sent; queries stand under it. */
  path: '/api/v1/enrolments/imports' | '/api/v1/attendance/imports'
  affects: readonly Affected[]
  /** States of runs a file may be for. */
  runs: readonly Schema['RunStatus'][]
  /** As they are shown. `ready` rows are taken when the file is accepted, `mendable` ones stand in the way of all. */
  verdicts: readonly { verdict: Verdict; look: Look; ready: boolean; mendable: boolean }[]
  /** What accepting does to so many rows: the button's words. */
  verb: (rows: number) => string
  done: (rows: number) => string
  /** Whether people may be given seats at once. */
  seats: boolean
  /** Whether the whole file may name its proof. */
  evidence: boolean
  template: () => Answer<unknown>
  send: (sheet: Sheet, headers: CommandHeaders) => Answer<Received>
  list: (cursor: string | null) => Answer<Page<Batch>>
  read: (id: string) => Answer<Batch>
  rows: (id: string, verdicts: readonly Verdict[], cursor: string | null) => Answer<Page<Row>>
  commit: (order: Order, headers: CommandHeaders) => Answer<Batch>
  leftOut: (id: string, headers: CommandHeaders) => Answer<unknown>
}

const PAGE = 200
const LISTED = 20
const CREATED = 201
/** The bytes go as they are: the server finds out how they are written. */
const asItIs = { bodySerializer: (body: unknown) => body as Blob }
const csv = (headers: CommandHeaders) => ({ ...headers, 'Content-Type': 'text/csv' })
const at = (id: string) => ({ path: { import_id: id } })
const ordered = ({ batch }: Order, headers: CommandHeaders) => ({
  ...at(batch.id),
  header: { ...headers, 'if-match': `"${batch.version}"` }
})
/** Sent again, a file is the one it was. */
const received = (batch: Batch | undefined, response: Response) => ({
  data: batch && { batch, again: response.status !== CREATED }
})

export const enrolmentImport: Kind = {
  title: 'Import enrolments',
  start: '/enrolments/import',
  one: '/enrolments/imports/$importId',
  path: '/api/v1/enrolments/imports',
  affects: ['/api/v1/enrolments', '/api/v1/trainees', '/api/v1/course-runs'],
  runs: ['open', 'confirmed'],
  verdicts: [
    { verdict: 'create', look: enrolmentVerdictLooks.create, ready: true, mendable: false },
    { verdict: 'match', look: enrolmentVerdictLooks.match, ready: true, mendable: false },
    { verdict: 'duplicate', look: enrolmentVerdictLooks.duplicate, ready: false, mendable: false },
    { verdict: 'refused', look: enrolmentVerdictLooks.refused, ready: false, mendable: true }
  ],
  verb: (rows) => `Enrol ${counted(rows, 'person', 'people')}`,
  done: (rows) => `${counted(rows, 'person', 'people')} enrolled`,
  seats: true,
  evidence: false,
  template: () => api.GET('/api/v1/enrolments/import/template', { parseAs: 'blob' }),
  send: async ({ file, runId }, headers) => {
    const params = { query: { run_id: runId ?? undefined } }
    const options = { params, body: file as unknown as string, headers: csv(headers), ...asItIs }
    const { data, response } = await api.POST('/api/v1/enrolments/import', options)
    return received(data, response)
  },
  list: (cursor) => api.GET('/api/v1/enrolments/imports', { params: { query: { limit: LISTED, ...from(cursor) } } }),
  read: (id) => api.GET('/api/v1/enrolments/imports/{import_id}', { params: at(id) }),
  rows: (id, verdicts, cursor) => {
    const query = { verdict: [...verdicts] as Schema['EnrolmentVerdict'][], limit: PAGE, ...from(cursor) }
    return api.GET('/api/v1/enrolments/imports/{import_id}/rows', { params: { ...at(id), query } })
  },
  commit: (order, headers) =>
    api.POST('/api/v1/enrolments/imports/{import_id}/commit', {
      params: ordered(order, headers),
      body: { confirm: order.seats, only_valid: order.leaveOut }
    }),
  leftOut: (id, headers) =>
    api.POST('/api/v1/enrolments/imports/{import_id}/left-out', { params: at(id), headers, parseAs: 'blob' })
}

export const attendanceImport: Kind = {
  title: 'Import attendance',
  start: '/attendance/import',
  one: '/attendance/imports/$importId',
  path: '/api/v1/attendance/imports',
  affects: ['/api/v1/attendance', '/api/v1/compliance'],
  runs: ['open', 'confirmed', 'in_progress', 'ended'],
  verdicts: [
    { verdict: 'create', look: attendanceVerdictLooks.create, ready: true, mendable: false },
    { verdict: 'change', look: attendanceVerdictLooks.change, ready: true, mendable: false },
    { verdict: 'same', look: attendanceVerdictLooks.same, ready: false, mendable: false },
    { verdict: 'error', look: attendanceVerdictLooks.error, ready: false, mendable: true }
  ],
  verb: (rows) => `Write ${counted(rows, 'mark')}`,
  done: (rows) => `${counted(rows, 'mark')} written`,
  seats: false,
  evidence: true,
  template: () => api.GET('/api/v1/attendance/import/template', { parseAs: 'blob' }),
  send: async ({ file, runId, evidence }, headers) => {
    const params = { query: { run_id: runId ?? undefined, evidence: evidence.trim() || undefined } }
    const options = { params, body: file as unknown as string, headers: csv(headers), ...asItIs }
    const { data, response } = await api.POST('/api/v1/attendance/import', options)
    return received(data, response)
  },
  list: (cursor) => api.GET('/api/v1/attendance/imports', { params: { query: { limit: LISTED, ...from(cursor) } } }),
  read: (id) => api.GET('/api/v1/attendance/imports/{import_id}', { params: at(id) }),
  rows: (id, verdicts, cursor) => {
    const query = { verdict: [...verdicts] as Schema['AttendanceVerdict'][], limit: PAGE, ...from(cursor) }
    return api.GET('/api/v1/attendance/imports/{import_id}/rows', { params: { ...at(id), query } })
  },
  commit: (order, headers) =>
    api.POST('/api/v1/attendance/imports/{import_id}/commit', {
      params: ordered(order, headers),
      body: { only_valid: order.leaveOut }
    }),
  leftOut: (id, headers) =>
    api.POST('/api/v1/attendance/imports/{import_id}/left-out', { params: at(id), headers, parseAs: 'blob' })
}

function from(cursor: string | null): { cursor?: string } {
  return cursor === null ? {} : { cursor }
}

/** Whether the worker is at it, so that the next answer will differ. */
export function underWay(batch: Batch | undefined): boolean {
  return batch?.status === 'checking' || batch?.status === 'committing'
}

export function countOf(batch: Batch, verdict: Verdict): number {
  return (batch as unknown as Record<Verdict, number>)[verdict]
}

/** How many rows are taken when the file is accepted. */
export function readyOf(kind: Kind, batch: Batch): number {
  return sum(kind.verdicts.filter(({ ready }) => ready).map(({ verdict }) => countOf(batch, verdict)))
}

/** How many rows have to be mended first. */
export function refusedOf(kind: Kind, batch: Batch): number {
  return sum(kind.verdicts.filter(({ mendable }) => mendable).map(({ verdict }) => countOf(batch, verdict)))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
