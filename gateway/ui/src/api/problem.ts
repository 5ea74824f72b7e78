import type { components } from './schema'

export type FieldProblem = components['schemas']['ProblemField']

/** What was asked when it was refused: enough to find the record it was about. */
export type Asked = { path: string; version: number | null; body: unknown }

/** Every answer that is not a success, also when no server could be reached: one shape for forms and notices. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly fields: FieldProblem[]
  readonly allowed: string[]
  readonly correlationId: string
  readonly traceId: string | null
  /** Seconds after which a repeat makes sense, when the server says so. */
  readonly retryAfter: number | null
  /** The command that was refused; null for reads, and where nothing was sent. */
  readonly request: Asked | null

  constructor(
    told: Partial<components['schemas']['Problem']>,
    from: { correlationId: string; response?: Response; request?: Asked | null }
  ) {
    super(told.detail ?? told.title ?? 'The server refused without saying why.')
    this.name = 'Problem'
    this.status = told.status ?? from.response?.status ?? 0
    this.code = told.code ?? 'unreadable'
    this.title = told.title ?? ''
    this.detail = this.message
    this.fields = told.errors ?? []
    this.allowed = told.allowed ?? []
    this.correlationId = from.response?.headers.get('x-correlation-id') ?? told.correlation_id ?? from.correlationId
    this.traceId = from.response?.headers.get('x-trace-id') ?? null
    this.request = from.request ?? null
    const seconds = Number(from.response?.headers.get('retry-after') ?? NaN)
    this.retryAfter = Number.isFinite(seconds) ? seconds : null
  }

  /** Nothing came back: the network, or the gateway itself, is away. */
  get unreachable(): boolean {
    return this.status === 0
  }
}

export async function problemOf(
  response: Response,
  correlationId: string,
  request: Asked | null = null
): Promise<Problem> {
  const told = (await response.json().catch(() => ({ title: response.statusText }))) as object
  return new Problem({ status: response.status, ...told }, { correlationId, response, request })
}

export function unreachable(correlationId: string): Problem {
  const detail = 'The server cannot be reached. Check the network; nothing you typed is lost. Then try again.'
  return new Problem({ code: 'unreachable', detail }, { correlationId })
}

/** Nobody is signed in any more, so the server was not even asked. */
export function signedOut(correlationId: string): Problem {
  return new Problem(
    { status: 401, code: 'signed_out', detail: 'You are signed out. Sign in again.' },
    { correlationId }
  )
}

/** What a query or mutation failed with; anything that is not a problem is a defect of ours. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const detail = 'This screen met something it did not foresee. Reload the page, and tell us what you were doing.'
  return new Problem({ code: 'unforeseen', detail }, { correlationId: '' })
}
