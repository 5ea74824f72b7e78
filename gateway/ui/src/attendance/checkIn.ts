import { newId } from '~/api/ids'
import { problemOf, unreachable } from '~/api/problem'
import type { Schema } from '~/api/client'

// A trainee's own phone: it holds the personal pass it was given, and a word of its own by which a phone that checks
// in several people is noticed. Neither says who anybody is.

const PASS = 'tms-pass'
const DEVICE = 'tms-device'

export function passHeld(): string | null {
  return localStorage.getItem(PASS)
}

export function holdPass(pass: string): void {
  localStorage.setItem(PASS, pass)
}

function device(): string {
  const known = localStorage.getItem(DEVICE)
  if (known !== null) return known
  const made = newId()
  localStorage.setItem(DEVICE, made)
  return made
}

/** Check in with the code that was scanned. Nobody is signed in here. Raises Problem. */
export async function checkIn(session_id: string, code: string, pass: string): Promise<Schema['CheckInAnswer']> {
  const correlationId = newId()
  const wish: Schema['CheckInWish'] = { session_id, code, pass, device: device() }
  const headers = { 'Content-Type': 'application/json', 'X-Correlation-ID': correlationId }
  const response = await fetch('/api/v1/attendance/check-in', {
    method: 'POST',
    body: JSON.stringify(wish),
    headers
  }).catch(() => {
    throw unreachable(correlationId)
  })
  if (!response.ok) throw await problemOf(response, correlationId)
  return (await response.json()) as Schema['CheckInAnswer']
}
