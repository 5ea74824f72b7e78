import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { useSyncExternalStore } from 'react'
import { isoNow } from '~/time'
import { catchUp, outdate, refresh, type Affected } from './cache'
import { newId } from './ids'
import { accessToken, onSession, sessionEnded } from './session'

// One stream of events a browser, not a tab: a lock elects the tab that reads it, a channel tells the others. Browsers
// allow six connections to an origin, and the seventh tab would hang. EventSource cannot send the access token, so the
// stream is read with fetch.

const SESSIONS = ['/api/v1/course-runs', '/api/v1/attendance', '/api/v1/compliance'] as const

/** Which paths an event outdates, by the kind of record it is about. Events name records and never say what changed. */
export const OUTDATES: Record<string, readonly Affected[]> = {
  run: [...SESSIONS, '/api/v1/enrolments', '/api/v1/assessments'],
  run_seats: ['/api/v1/course-runs', '/api/v1/enrolments'],
  course: ['/api/v1/courses', '/api/v1/course-runs'],
  trainer: ['/api/v1/trainers', '/api/v1/course-runs'],
  venue: ['/api/v1/venues', '/api/v1/course-runs'],
  trainee: ['/api/v1/trainees', '/api/v1/enrolments'],
  employer: ['/api/v1/employers', '/api/v1/enrolments'],
  enrolment: ['/api/v1/enrolments', '/api/v1/course-runs', '/api/v1/attendance', '/api/v1/assessments'],
  enrolment_import: ['/api/v1/enrolments/imports'],
  attendance: ['/api/v1/attendance'],
  attendance_rate: ['/api/v1/attendance', '/api/v1/assessments'],
  attendance_sheet: ['/api/v1/attendance', '/api/v1/compliance'],
  attendance_import: ['/api/v1/attendance/imports'],
  check_in: ['/api/v1/attendance'],
  assessment: ['/api/v1/assessments'],
  assessment_outcome: ['/api/v1/assessments', '/api/v1/enrolments'],
  certificate: ['/api/v1/assessments/certificates'],
  sync: ['/api/v1/sync', '/api/v1/dead-letters', '/api/v1/course-runs', '/api/v1/enrolments'],
  discrepancy: ['/api/v1/sync/discrepancies', '/api/v1/sync/records'],
  reconciliation: ['/api/v1/sync/reconciliations'],
  obligation: ['/api/v1/compliance'],
  lane: ['/api/v1/sync/status'],
  breaker: ['/api/v1/sync/status'],
  operation: ['/api/v1/dead-letters', '/api/v1/consumers'],
  user: ['/api/v1/auth/users'],
  audit: ['/api/v1/audit']
}
const EVERYTHING = ['/api/v1'] as const
const EVERY_MS = 1_000
const PAUSES_MS = [1_000, 2_000, 5_000, 15_000]

export type LiveState = { state: 'live' | 'connecting' | 'signed out'; asOf: string | null }
type Said = { outdated: Affected[]; id: string | null } | { live: LiveState; id: string | null } | { ask: true }

let live: LiveState = { state: 'connecting', asOf: null }
let lastId: string | null = null
let leading: AbortController | null = null
let reading = false
const watchers = new Set<() => void>()
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tms-live') : null

/** How current the screen is, for the badge. */
export function useLive(): LiveState {
  return useSyncExternalStore(watch, () => live)
}

/** Listen for as long as somebody is signed in; call once. */
export function startListening(): void {
  if (tabs) tabs.onmessage = ({ data }: MessageEvent<Said>) => heard(data)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void catchUp()
  })
  onSession((signedIn) => (signedIn ? stand() : withdraw()))
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

function heard(said: Said): void {
  if ('ask' in said) {
    if (reading) tabs?.postMessage({ live, id: lastId })
    return
  }
  lastId = said.id ?? lastId
  if ('live' in said) show(said.live)
  else mark(said.outdated)
}

function show(next: LiveState): void {
  live = next
  watchers.forEach((watcher) => watcher())
}

function tell(next: LiveState): void {
  show(next)
  tabs?.postMessage({ live: next, id: lastId } satisfies Said)
}

/** Wait to be the tab that reads; it stays so until it closes or signs out. */
function stand(): void {
  if (leading !== null) return
  const stop = new AbortController()
  leading = stop
  tabs?.postMessage({ ask: true } satisfies Said)
  const lead = () => readOn(stop.signal)
  const led = navigator.locks ? navigator.locks.request('tms-live', { signal: stop.signal }, lead) : lead()
  led.catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
}

function withdraw(): void {
  leading?.abort()
  leading = null
  lastId = null
  show({ state: 'signed out', asOf: live.asOf })
}

/** Read the stream again and again, pausing longer after each failure in a row. */
async function readOn(stop: AbortSignal): Promise<void> {
  reading = true
  for (let failures = 0; !stop.aborted; failures += 1) {
    try {
      await readOnce(stop, () => (failures = -1))
    } catch {
      // Whatever broke it, the answer is the same: say so on the badge, pause, and resume where it ended.
    }
    if (stop.aborted) break
    tell({ state: 'connecting', asOf: live.asOf })
    await pause(PAUSES_MS[Math.min(Math.max(failures, 0), PAUSES_MS.length - 1)]!, stop)
  }
  reading = false
}

async function readOnce(stop: AbortSignal, connected: () => void): Promise<void> {
  const token = await accessToken()
  if (token === null) return
  const headers: Record<string, string> = { Authorization: `Bearer ${token}`, 'X-Correlation-ID': newId() }
  if (lastId !== null) headers['Last-Event-ID'] = lastId
  const response = await fetch('/api/v1/events', { headers, signal: stop })
  if (response.status === 401 && (await accessToken(token)) === null) sessionEnded()
  if (!response.ok || response.body === null) throw new Error(`no stream: ${response.status}`)
  connected()
  if (lastId === null && live.asOf !== null) changed(EVERYTHING)
  tell({ state: 'live', asOf: isoNow() })
  const parser = createParser({ onEvent: take, onComment: () => tell({ state: 'live', asOf: isoNow() }) })
  const text = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (let part = await text.read(); !part.done; part = await text.read()) parser.feed(part.value)
}

function take({ event, data, id }: EventSourceMessage): void {
  lastId = id ?? lastId
  if (event === 'signed_out') return // the token has ended; the stream is opened anew with the next one
  if (event === 'reset') changed(EVERYTHING)
  else changed(OUTDATES[(JSON.parse(data) as { aggtype: string }).aggtype] ?? [])
  tell({ state: 'live', asOf: isoNow() })
}

function changed(outdated: readonly Affected[]): void {
  if (outdated.length === 0) return
  mark(outdated)
  tabs?.postMessage({ outdated: [...outdated], id: lastId } satisfies Said)
}

const waiting = new Set<Affected>()

/** Gather for a second, so that a rush of events reads each path once. */
function mark(outdated: readonly Affected[]): void {
  if (waiting.size === 0) setTimeout(bringUp, EVERY_MS)
  outdated.forEach((path) => waiting.add(path))
}

function bringUp(): void {
  const paths = [...waiting]
  waiting.clear()
  void (document.hidden ? outdate(paths) : refresh(paths))
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    stop.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
