import createClient from 'openapi-fetch'
import createQueries from 'openapi-react-query'
import { visitId } from './ids'
import { problemOf, signedOut, unreachable, type Asked } from './problem'
import type { components, paths } from './schema'
import { accessToken, sessionEnded } from './session'

export type Schema = components['schemas']

/** Calls the API; resolves with data or raises Problem, never anything between. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send })

const made = createQueries(api)

/** A list read page by page is kept apart from one answer to the same question: their shapes differ. */
const useInfiniteQuery = ((method, path, init, ...rest) =>
  made.useInfiniteQuery(method, path, { ...init, pages: true } as typeof init, ...rest)) as typeof made.useInfiniteQuery

/** For the few questions anybody may ask, signed in or not. */
export const open = createQueries(createClient<paths>({ baseUrl: location.origin, fetch: sendOpenly }))

/** The same as queries: `queries.useQuery('get', '/api/v1/course-runs', { params: { query } })`. */
export const queries = { ...made, useInfiniteQuery }

const UNAUTHENTICATED = 401

async function send(request: Request): Promise<Response> {
  if (!request.headers.has('X-Correlation-ID')) request.headers.set('X-Correlation-ID', visitId())
  const correlationId = request.headers.get('X-Correlation-ID')!
  const again = request.clone()
  const command = request.method === 'GET' ? null : request.clone()
  const token = await accessToken()
  let response = await attempt(request, token, correlationId)
  if (response.status === UNAUTHENTICATED) {
    // The system's time may have moved past the token, or its key was withdrawn: renew once, keep both ids.
    response = await attempt(again, await accessToken(token), correlationId)
    if (response.status === UNAUTHENTICATED) sessionEnded()
  }
  if (!response.ok) throw await problemOf(response, correlationId, command && (await asked(command)))
  return response
}

async function sendOpenly(request: Request): Promise<Response> {
  const correlationId = visitId()
  request.headers.set('X-Correlation-ID', correlationId)
  const response = await reach(request, correlationId)
  if (!response.ok) throw await problemOf(response, correlationId)
  return response
}

async function attempt(request: Request, token: string | null, correlationId: string): Promise<Response> {
  if (token === null) throw signedOut(correlationId)
  request.headers.set('Authorization', `Bearer ${token}`)
  return reach(request, correlationId)
}

async function reach(request: Request, correlationId: string): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw unreachable(correlationId)
  }
}

async function asked(command: Request): Promise<Asked> {
  const version = /^"(\d+)"$/.exec(command.headers.get('if-match') ?? '')?.[1]
  return {
    path: new URL(command.url).pathname,
    version: version === undefined ? null : Number(version),
    body: await command.json().catch(() => null)
  }
}
