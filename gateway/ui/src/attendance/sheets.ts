import { useQueries } from '@tanstack/react-query'
import { queries, type Schema } from '~/api/client'
import { shortId } from '~/api/ids'
import { now } from '~/time'

// The sheets of a run as one register: a row for each person, a column for each session.

export type Sheet = Schema['SheetView']
export type Line = Schema['SheetLine']
export type Summary = Schema['SheetSummary']
export type Rate = Schema['RateView']

export type Column = { summary: Summary; sheet: Sheet | null }
export type Row = {
  /** The enrolment. */
  id: string
  name: string
  number: string
  /** By column; null where the person is not on the sheet, or it is not open yet. */
  lines: readonly (Line | null)[]
  rate: Rate | null
}
export type Reg = { columns: readonly Column[]; rows: readonly Row[]; named: boolean }

type Read = { data: Reg | undefined; error: unknown; isFetching: boolean; refetch: () => unknown }

/** Everything the register of a run shows. A sheet that is due opens by being asked for. */
export function useRegister(runId: string): Read {
  const list = queries.useQuery('get', '/api/v1/attendance/sheets', { params: { query: { run_id: runId } } })
  const rates = queries.useQuery('get', '/api/v1/attendance/rates', {
    params: { query: { run_id: runId, limit: 200 } }
  })
  const due = (list.data ?? []).filter(isDue)
  const sheets = useQueries({ queries: due.map(({ session_id }) => sheetOptions(session_id)), combine: together })
  const failed = list.error ?? sheets.error
  const whole = list.data !== undefined && sheets.all
  return {
    data: whole ? registerOf(list.data!, sheets.found, rates.data?.items ?? []) : undefined,
    error: failed,
    isFetching: list.isFetching || sheets.isFetching,
    refetch: () => Promise.all([list.refetch(), rates.refetch(), ...sheets.refetch()])
  }
}

export function sheetOptions(sessionId: string) {
  return queries.queryOptions('get', '/api/v1/attendance/sheets/{session_id}', {
    params: { path: { session_id: sessionId } }
  })
}

export function isDue({ state, start_at, session_status }: Summary): boolean {
  return state !== null || (session_status !== 'cancelled' && hasBegun(start_at))
}

export function hasBegun(at: string): boolean {
  return Date.parse(at) <= now()
}

export function registerOf(summaries: readonly Summary[], sheets: readonly Sheet[], rates: readonly Rate[]): Reg {
  const byId = new Map(sheets.map((sheet) => [sheet.session_id, sheet]))
  const columns = summaries.map((summary) => ({ summary, sheet: byId.get(summary.session_id) ?? null }))
  const lines = columns.map(({ sheet }) => new Map(sheet?.lines.map((line) => [line.enrolment_id, line])))
  const rateOf = new Map(rates.map((rate) => [rate.enrolment_id, rate]))
  const people = [...new Set(lines.flatMap((byEnrolment) => [...byEnrolment.keys()]))]
  const rows = people.map((id) => {
    const own = lines.map((byEnrolment) => byEnrolment.get(id) ?? null)
    const known = own.find((line) => line !== null)!
    return { id, name: nameOf(known), number: known.id_masked ?? '', lines: own, rate: rateOf.get(id) ?? null }
  })
  return {
    columns,
    rows: rows.toSorted((a, b) => a.name.localeCompare(b.name, 'en-SG') || (a.id < b.id ? -1 : 1)),
    named: sheets.every(({ names_available }) => names_available)
  }
}

export function nameOf(line: Line): string {
  if (line.erased) return 'Erased person'
  return line.name ?? `Enrolment ${shortId(line.enrolment_id)}`
}

type One = { data: Sheet | undefined; error: unknown; isFetching: boolean; refetch: () => Promise<unknown> }

function together(results: readonly One[]) {
  return {
    all: results.every(({ data }) => data !== undefined),
    found: results.flatMap(({ data }) => data ?? []),
    error: results.find(({ error }) => error)?.error ?? null,
    isFetching: results.some(({ isFetching }) => isFetching),
    refetch: () => results.map((result) => result.refetch())
  }
}
