import type { Schema } from '~/api/client'
import { shortId } from '~/api/ids'
import { jobLooks, type Tone } from '~/status'
import { duration } from '~/time'
import { kindWords, plain } from '~/words'

/** One thing that happened under an id, whichever source tells of it. */
export type Mark = {
  key: string
  at: string
  tone: Tone
  source: 'Audit log' | 'Submission' | 'Call' | 'Dead letter'
  title: string
  detail?: string
  facts: string[]
  traceId: string | null
  to?: { audit: number } | { record: [Schema['RecordType'], string] }
}

type Sources = {
  entries: readonly Schema['AuditEntryView'][]
  jobs: readonly Schema['JobDetail'][]
  letters: readonly Schema['GatewayDeadLetter'][]
}

/** Everything on one time axis, oldest first. */
export function trailOf({ entries, jobs, letters }: Sources): Mark[] {
  const marks = [
    ...entries.map(entryMark),
    ...jobs.map(jobMark),
    ...jobs.flatMap((job) => (job.attempts ?? []).map((attempt) => callMark(job, attempt))),
    ...letters.map(letterMark)
  ]
  return marks.toSorted((a, b) => a.at.localeCompare(b.at))
}

function entryMark(entry: Schema['AuditEntryView']): Mark {
  return {
    key: `entry ${entry.seq}`,
    at: entry.happened_at,
    tone: 'good',
    source: 'Audit log',
    title: plain(entry.action),
    detail: entry.reason ?? undefined,
    facts: [`${plain(entry.subject_type)} ${shortId(entry.subject_id)}`, `by ${entry.actor_role}`, entry.service],
    traceId: entry.trace_id,
    to: { audit: entry.seq }
  }
}

function jobMark(job: Schema['JobDetail']): Mark {
  const look = jobLooks[job.state]
  return {
    key: `job ${job.id}`,
    at: job.created_at,
    tone: look.tone,
    source: 'Submission',
    title: `${kindWords[job.kind]}: ${look.word.toLowerCase()}`,
    detail: job.hints.map(({ field, message }) => `${field}: ${message}`).join(' ') || undefined,
    facts: [`${plain(job.record_type)} ${shortId(job.record_id)}`, `revision ${job.record_revision}`],
    traceId: job.trace_id,
    to: { record: [job.record_type, job.record_id] }
  }
}

function callMark(job: Schema['JobDetail'], attempt: Schema['AttemptView']): Mark {
  const failed = attempt.error_class !== null || attempt.error_code !== null
  const answer = attempt.http_status === null ? 'no answer' : `HTTP ${attempt.http_status}`
  return {
    key: `call ${job.id} ${attempt.series} ${attempt.number}`,
    at: attempt.started_at,
    tone: failed ? 'warn' : 'good',
    source: 'Call',
    title: `${kindWords[job.kind]}: call ${attempt.number}`,
    detail: failed ? attempt.words : undefined,
    facts: [plain(attempt.operation), answer, duration(attempt.duration_ms)],
    traceId: attempt.trace_id,
    to: { record: [job.record_type, job.record_id] }
  }
}

function letterMark(letter: Schema['GatewayDeadLetter']): Mark {
  return {
    key: `letter ${letter.id}`,
    at: letter.last_at,
    tone: 'bad',
    source: 'Dead letter',
    title: `${letter.type ?? letter.kind} at ${letter.service}`,
    detail: letter.words,
    facts: [`tried ${letter.attempts} times`],
    traceId: letter.trace_id ?? null
  }
}
