import { useSyncExternalStore } from 'react'
import { cache } from '~/api/cache'
import { api, queries } from '~/api/client'
import { newId } from '~/api/ids'
import { asProblem, type Problem } from '~/api/problem'
import { tellProblem } from '~/components/notices'
import { isoNow } from '~/time'
import * as marks from './marks'
import { EMPTY, type Box, type Mark, type Op, type Step } from './marks'

// Marks leave the page they were made on at once and travel from here: in batches, over lost connections and through
// reloads. One box a tab; each keeps its own under a key of its own, and an opening tab takes over what others left.
// What two tabs then send twice, the server knows by its operation.

export const SOON_MS = 600
const PATIENCE_MS = 15_000
const PAUSES_MS = [1_000, 2_000, 5_000, 15_000]
const KEY = 'tms-marks'
const tab = newId()

export type Standing = {
  box: Box
  /** The network, or the gateway itself, is away: what waits is kept. */
  away: boolean
  /** Whether what waits would survive a reload. */
  kept: boolean
}

let standing: Standing = { box: EMPTY, away: false, kept: true }
let owner: string | null = null
let lastAt = ''
let underWay = false
let failures = 0
let timer: ReturnType<typeof setTimeout> | undefined
const watchers = new Set<() => void>()

export function useOutbox(): Standing {
  return useSyncExternalStore(watch, () => standing)
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Send for this person from here on: what they left behind first. Nobody's marks travel in another's name. */
export function openFor(person: string): () => void {
  if (owner !== person) {
    owner = person
    show({ box: takeOver(EMPTY, person) })
  }
  addEventListener('online', back)
  addEventListener('offline', gone)
  if (!navigator.onLine) gone()
  else plan(0)
  return () => {
    removeEventListener('online', back)
    removeEventListener('offline', gone)
    clearTimeout(timer)
  }
}

export type Wish = { session: string; enrolment: string | null; mark: Mark; base: number; room?: readonly string[] }

/** Mark now; it travels after `hold`. The step takes it back. */
export function send(wishes: readonly Wish[], before: Step['before'], hold = SOON_MS): Step {
  const ops = wishes.map(opOf)
  const step = marks.stepOf(standing.box, ops, before)
  show({ box: marks.judge(standing.box, ops) })
  plan(hold)
  return step
}

export function takeBack(step: Step): marks.Undone {
  const undone = marks.undo(standing.box, step)
  show({ box: undone.box })
  return undone
}

/** What was not taken stays away. */
export function setAside(keys: readonly string[]): void {
  show({ box: marks.setAside(standing.box, keys) })
}

/** Mark once more what was not taken, now that what stands has been seen. */
export function sendAgain(disputes: readonly marks.Dispute[]): void {
  const wishes = disputes.map(({ op, revision }) => ({ ...op, mark: op, base: revision }))
  send(wishes, new Map())
}

/** Do not wait any longer. */
export function flush(): void {
  if (standing.box.waiting.size > 0) plan(0)
}

function opOf({ session, enrolment, mark, base, room }: Wish): Op {
  lastAt = marks.after(lastAt, isoNow())
  return { id: newId(), session, enrolment, state: mark.state, note: mark.note, base, at: lastAt, room }
}

// ------------------------------------------------------------------------------------------- travelling

function plan(milliseconds: number): void {
  clearTimeout(timer)
  if (standing.box.waiting.size > 0) timer = setTimeout(() => void travel(), milliseconds)
}

function back(): void {
  failures = 0
  if (standing.box.waiting.size === 0) show({ away: false })
  plan(0)
}

function gone(): void {
  clearTimeout(timer)
  show({ away: true })
}

/** One request after the other, until nothing waits or nobody answers. */
async function travel(): Promise<void> {
  if (underWay || !navigator.onLine) return
  underWay = true
  try {
    for (let next = marks.take(standing.box); next !== null; next = marks.take(standing.box)) {
      show({ box: next.box })
      if (!(await delivered(next.ops))) break
    }
  } finally {
    underWay = false
  }
}

/** Whether to go on with what else waits. */
async function delivered(ops: readonly Op[]): Promise<boolean> {
  const headers = { 'X-Correlation-ID': newId(), 'Idempotency-Key': newId() }
  try {
    const body = marks.bodyOf(ops)
    const { data } = await api.POST('/api/v1/attendance', { body, headers, signal: AbortSignal.timeout(PATIENCE_MS) })
    failures = 0
    show({ box: marks.settle(standing.box, data!.outcomes), away: false })
    reread(body.session_id)
    return true
  } catch (error) {
    return failed(asProblem(error))
  }
}

function failed(problem: Problem): boolean {
  if (comesBack(problem)) {
    show({ box: marks.giveBack(standing.box), away: problem.status !== 401 })
    const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]!
    failures += 1
    if (problem.status !== 401) plan(Math.max(pause, (problem.retryAfter ?? 0) * 1_000))
    return false
  }
  show({ box: marks.rollBack(standing.box), away: false })
  tellProblem(problem)
  return true
}

/** Another try may succeed: nobody was there, too busy, or the person has to sign in first. */
function comesBack(problem: Problem): boolean {
  return problem.unreachable || [401, 429, 502, 503, 504].includes(problem.status)
}

function reread(session: string): void {
  const params = { path: { session_id: session } }
  void cache.invalidateQueries({
    queryKey: queries.queryOptions('get', '/api/v1/attendance/sheets/{session_id}', { params }).queryKey
  })
  void cache.invalidateQueries({ queryKey: ['get', '/api/v1/attendance/rates'] })
}

// ------------------------------------------------------------------------------------------- kept

function show(changed: Partial<Standing>): void {
  const box = changed.box ?? standing.box
  const kept = box === standing.box ? standing.kept : keep(box)
  standing = { ...standing, ...changed, kept }
  watchers.forEach((watcher) => watcher())
}

/** Whether the browser would. */
function keep(box: Box): boolean {
  if (owner === null) return true
  const key = `${KEY} ${owner} ${tab}`
  try {
    if (marks.unsent(box) + box.disputes.size === 0) localStorage.removeItem(key)
    else localStorage.setItem(key, marks.written(box))
    return true
  } catch {
    return false
  }
}

function takeOver(box: Box, person: string): Box {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${KEY} ${person} `))
  const all = keys.reduce((found, key) => marks.withWritten(found, localStorage.getItem(key) ?? ''), box)
  keys.forEach((key) => localStorage.removeItem(key))
  return all
}
