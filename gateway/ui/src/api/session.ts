import type { components } from './schema'
import { newId } from './ids'
import { Problem, problemOf, unreachable } from './problem'

// The access token lives in this module's memory and nowhere else; the refresh token in a cookie no script can read.
// Tabs share what they get, and a lock lets one of them renew at a time: a refresh token that is used twice ends the
// whole sign-in. A page may be left in the middle of its renewal, and the answer with it: the next one asks again with
// the same key and is answered the same.

type Token = { value: string; subject: string; until: number }
type Said = { token: Token } | { signedOut: true }

const HINT = 'tms-signed-in'
/** The random key of a renewal under way; kept until its answer is. Without the cookie it opens nothing. */
const RENEWAL = 'tms-renewal'
/** Renewed this long before it ends, so that no request leaves with a token that dies on the way. */
const SPARE_MS = 30_000

let token: Token | null = null
const listeners = new Set<(signedIn: boolean) => void>()
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('tms-session') : null

if (tabs) {
  tabs.onmessage = ({ data }: MessageEvent<Said>) => {
    if ('token' in data) take(data.token)
    else forget()
  }
}

/** Hears when this tab is signed in or out, by whichever tab did it. */
export function onSession(listener: (signedIn: boolean) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Whether somebody has signed in with this browser and not out again; whether it still holds, only the server knows. */
export function maybeSignedIn(): boolean {
  return token !== null || localStorage.getItem(HINT) !== null
}

/** Whether this tab holds a token, be it an old one. */
export function isSignedIn(): boolean {
  return token !== null
}

/** Raises Problem: wrong, locked, or away. */
export async function signIn(username: string, password: string): Promise<void> {
  const form = new URLSearchParams({ grant_type: 'password', username, password })
  await keep(await ask('/api/v1/auth/token', form))
}

/** Ends the sign-in in every tab, also when the server cannot be told. */
export async function signOut(): Promise<void> {
  try {
    await ask('/api/v1/auth/logout', new URLSearchParams())
  } finally {
    sessionEnded()
  }
}

/**
 * A token good for a request now, another one than the server has just refused; null when nobody is signed in. Raises
 * Problem when that cannot be told.
 */
export async function accessToken(refused?: string | null): Promise<string | null> {
  if (!usable(refused)) {
    if (!maybeSignedIn()) return null
    await renew(refused)
  }
  return token?.value ?? null
}

/** Drop what the server no longer believes, here and in the other tabs. */
export function sessionEnded(): void {
  forget()
  tabs?.postMessage({ signedOut: true })
}

let renewing: Promise<void> | null = null

/** One renewal at a time in this tab, and by the lock in this browser. */
function renew(refused?: string | null): Promise<void> {
  renewing ??= locked(async () => {
    const renewedElsewhere = usable(refused)
    if (!renewedElsewhere) await renewNow()
  }).finally(() => (renewing = null))
  return renewing
}

async function renewNow(): Promise<void> {
  const key = localStorage.getItem(RENEWAL) ?? newId()
  localStorage.setItem(RENEWAL, key)
  try {
    await keep(await ask('/api/v1/auth/token/renew', undefined, { 'X-Renewal-Key': key }))
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error
    sessionEnded()
  }
}

async function locked(work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work()
  await navigator.locks.request('tms-session', work)
}

async function ask(path: string, body?: URLSearchParams, more: Record<string, string> = {}): Promise<Response> {
  const correlationId = newId()
  const headers = { 'X-Token-Mode': 'cookie', 'X-Correlation-ID': correlationId, ...more }
  const response = await fetch(path, { method: 'POST', body, headers }).catch(() => {
    throw unreachable(correlationId)
  })
  if (!response.ok) throw await problemOf(response, correlationId)
  return response
}

async function keep(answer: Response): Promise<void> {
  const told = (await answer.json()) as components['schemas']['TokenView']
  const until = Date.now() + told.expires_in * 1000
  localStorage.removeItem(RENEWAL)
  take({ value: told.access_token, subject: subjectOf(told.access_token), until })
  tabs?.postMessage({ token } satisfies { token: Token | null })
}

function take(given: Token): void {
  if (token !== null && token.subject !== given.subject) {
    // Somebody else signed in in another tab: nothing on this screen is theirs.
    location.reload()
    return
  }
  const before = token
  token = given
  localStorage.setItem(HINT, '1')
  if (before === null) listeners.forEach((listener) => listener(true))
}

function forget(): void {
  const before = token
  token = null
  const hinted = localStorage.getItem(HINT) !== null
  localStorage.removeItem(HINT)
  localStorage.removeItem(RENEWAL)
  if (before !== null || hinted) listeners.forEach((listener) => listener(false))
}

function usable(refused?: string | null): boolean {
  return token !== null && token.value !== refused && Date.now() < token.until - SPARE_MS
}

function subjectOf(jwt: string): string {
  const [, claims = ''] = jwt.split('.')
  const json = atob(claims.replaceAll('-', '+').replaceAll('_', '/'))
  return String((JSON.parse(json) as { sub: string }).sub)
}
