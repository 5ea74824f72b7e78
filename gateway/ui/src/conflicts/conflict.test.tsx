import { afterEach, expect, test } from 'vitest'
import { cache } from '~/api/cache'
import { Problem } from '~/api/problem'
import { conflictOf } from './conflict'

const RUN = '01a22124-1f18-72d6-a562-b4aff34d2fc1'
const SESSION = '01a22124-1f18-72d6-a562-b4aff34d2fc2'
const AT = `/api/v1/course-runs/${RUN}`
const SEEN = { id: RUN, version: 3, venue_id: 'kitchen', sessions: [{ id: SESSION, venue_id: 'kitchen' }] }
const WANTED = { venue_id: 'hall' }

function refused(path: string, status = 412): Problem {
  const request = { path, version: 3, body: WANTED }
  return new Problem({ status, code: 'stale', detail: 'It was changed meanwhile.' }, { correlationId: 'c', request })
}

afterEach(() => cache.clear())

test('a command on a record, or an action on it, is about that record', () => {
  cache.setQueryData(['get', AT], SEEN)
  for (const path of [AT, `${AT}/change-venue`]) {
    expect(conflictOf(refused(path))).toEqual({ path: AT, before: SEEN, wanted: WANTED })
  }
})

test('a command on a part that has no version of its own is about the record that holds it', () => {
  cache.setQueryData(['get', AT], SEEN)
  for (const path of [`${AT}/sessions/${SESSION}`, `${AT}/sessions/${SESSION}/cancel`]) {
    expect(conflictOf(refused(path))).toEqual({ path: AT, before: SEEN, wanted: {} })
  }
})

test('a record nobody has read is still the one that was asked for', () => {
  const path = `${AT}/sessions/${SESSION}`
  expect(conflictOf(refused(path))).toEqual({ path, before: undefined, wanted: WANTED })
})

test('what is no conflict, or about no record, is none', () => {
  cache.setQueryData(['get', AT], SEEN)
  expect(conflictOf(refused(AT, 422))).toBeNull()
  expect(conflictOf(refused('/api/v1/course-runs'))).toBeNull()
})
