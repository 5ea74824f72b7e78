/** A new id for one thing a person does, or for one visit to a page. */
export function newId(): string {
  // randomUUID exists only on https and localhost; the fallback is the same version-4 shape.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

export const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
export const TRACE_ID = /^[0-9a-f]{32}$/i

const SHORT = 8

/** An id as rows show it: its end. Ids begin with the time they were made at, and look alike there. */
export function shortId(id: string): string {
  return id.length <= SHORT ? id : `…${id.slice(-SHORT)}`
}

let visit = newId()

/** The id every read of the page in front carries; a new one with each navigation. */
export function visitId(): string {
  return visit
}

export function beginVisit(): void {
  visit = newId()
}
