import type { Schema } from '~/api/client'
import { jobLooks, syncLooks, type Tone } from '~/status'
import { duration, instant } from '~/time'
import { kindWords, plain } from '~/words'

/** One point on a record's way to TPGateway. */
export type Step = {
  at: string
  tone: Tone
  title: string
  /** What it means, in a sentence. */
  detail?: string
  /** Short facts, side by side. */
  facts: string[]
  correlationId?: string | null
  traceId?: string | null
  /** Still ahead. */
  ahead?: boolean
}

type Job = Schema['JobDetail']
type Attempt = Schema['AttemptView']

/** Everything the timeline tells as steps in the order of their time; what is still ahead closes it. */
export function stepsOf(timeline: Schema['TimelineView']): Step[] {
  const jobs = new Map(timeline.jobs.map((job) => [job.id, job]))
  const told = timeline.events.map((event) => eventStep(event, jobs.get(event.job_id)))
  const tried = timeline.jobs.flatMap((job) => (job.attempts ?? []).map((attempt) => attemptStep(job, attempt)))
  const found = timeline.discrepancies.map(discrepancyStep)
  const ahead = timeline.jobs.flatMap(aheadSteps)
  return [...[...told, ...tried, ...found].toSorted((a, b) => a.at.localeCompare(b.at)), ...ahead]
}

function eventStep(event: Schema['EventView'], job: Job | undefined): Step {
  const look = syncLooks[event.state as Schema['SyncState']] ?? syncLooks.pending
  const kind = kindWords[event.kind as Schema['JobKind']] ?? plain(event.kind)
  return {
    at: event.at,
    tone: look.tone,
    title: `${kind}: ${plain(event.type.replace(/^sync\./, '')).toLowerCase()}`,
    detail: event.reason ?? (event.type === 'sync.rejected' ? hintsOf(job) : undefined),
    facts: [`revision ${event.record_revision}`, event.actor_id === 'system' ? 'by the system' : 'by a person'],
    correlationId: event.correlation_id,
    traceId: event.trace_id
  }
}

function attemptStep(job: Job, attempt: Attempt): Step {
  const failed = attempt.error_code !== null || attempt.error_class !== null
  const answer = attempt.http_status === null ? 'no answer' : `HTTP ${attempt.http_status}`
  const code = [attempt.error_class, attempt.error_code]
    .filter(Boolean)
    .map((text) => plain(text!))
    .join(', ')
  return {
    at: attempt.started_at,
    tone: failed ? 'warn' : 'good',
    title: `${kindWords[job.kind]}: call ${attempt.number}${attempt.series > 1 ? `, series ${attempt.series}` : ''}`,
    detail: failed ? `${code}. ${attempt.counted ? '' : 'It does not count against the limit.'}` : undefined,
    facts: [plain(attempt.operation), answer, duration(attempt.duration_ms)],
    correlationId: job.correlation_id,
    traceId: attempt.trace_id
  }
}

function discrepancyStep(found: Schema['DiscrepancyView']): Step {
  return {
    at: found.first_seen_at,
    tone: found.resolved_at === null ? 'odd' : 'idle',
    title: `${found.code}: TPGateway holds something else`,
    detail: found.fields.length > 0 ? `Differs in ${found.fields.map(plain).join(', ').toLowerCase()}.` : undefined,
    facts: [found.resolved_at === null ? plain(found.state) : `resolved ${instant(found.resolved_at)}`]
  }
}

/** What a job that is not over does next, or waits for. */
function aheadSteps(job: Job): Step[] {
  if (job.finished_at !== null) return []
  const look = jobLooks[job.state]
  const waits = job.waits_for.map((wait) => `${plain(wait.record_type)} (${plain(wait.state).toLowerCase()})`)
  return [
    {
      at: job.next_try_at ?? job.updated_at,
      tone: look.tone,
      title: `${kindWords[job.kind]}: ${look.word.toLowerCase()}`,
      detail: waits.length > 0 ? `Waits for ${waits.join(', ')}.` : look.help,
      facts: job.next_try_at === null ? [] : [`next try ${instant(job.next_try_at)}`],
      correlationId: job.correlation_id,
      traceId: job.trace_id,
      ahead: true
    }
  ]
}

function hintsOf(job: Job | undefined): string | undefined {
  if (job === undefined || job.hints.length === 0) return undefined
  return job.hints.map(({ field, message, fix }) => `${field}: ${message} ${fix ?? ''}`.trim()).join(' ')
}
