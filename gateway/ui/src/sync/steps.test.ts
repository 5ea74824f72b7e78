import { expect, test } from 'vitest'
import type { Schema } from '~/api/client'
import { stepsOf } from './steps'

const ID = '01a2201d-748d-77c2-bd8a-112cd960ecc4'

function job(changes: Partial<Schema['JobDetail']>): Schema['JobDetail'] {
  return {
    id: ID,
    version: 1,
    record_type: 'run',
    record_id: ID,
    record_revision: 1,
    sent_revision: null,
    kind: 'run.publish',
    state: 'retry_wait',
    attempt: 1,
    tries: 1,
    series: 1,
    next_try_at: '2026-11-23T06:32:00Z',
    waits_for: [],
    deadline_at: null,
    deadline_policy: null,
    headroom_seconds: null,
    sent_at: null,
    remote_ref: null,
    error_class: null,
    error_code: null,
    hints: [],
    reason: null,
    correlation_id: ID,
    causation_id: null,
    trace_id: null,
    created_at: '2026-11-23T06:00:00Z',
    updated_at: '2026-11-23T06:02:00Z',
    finished_at: null,
    attempts: [],
    ...changes
  }
}

const call: Schema['AttemptView'] = {
  number: 1,
  series: 1,
  operation: 'publish_runs',
  path: '/courses/courseRuns/publish',
  started_at: '2026-11-23T06:01:00Z',
  ended_at: '2026-11-23T06:01:30Z',
  duration_ms: 30_000,
  http_status: null,
  outcome: 'retry',
  counted: true,
  error_class: 'timeout',
  error_code: 'read_timeout',
  request_bytes: 0,
  request_sha256: null,
  response_bytes: 0,
  words: 'No answer came in time.',
  request: null,
  response: null,
  next_at: null,
  headroom_seconds: null,
  trace_id: null
}

function timeline(jobs: Schema['JobDetail'][], events: Schema['EventView'][] = []): Schema['TimelineView'] {
  const record = {
    record_type: 'run' as const,
    record_id: ID,
    run_id: null,
    session_id: null,
    enrolment_id: null,
    replaces: null,
    remote_id: null,
    former_ids: [],
    parts: {},
    acked_revision: null,
    acked_at: null
  }
  const head = { state: 'pending' as const, due_at: null, met_at: null, headroom_seconds: null, next_try_at: null }
  const next = { kind: 'nothing' as const, at: null, words: '', job_id: null, waits_for: [] }
  return { record, head, next, duties: [], steps: [], earlier_cursor: null, jobs, events, discrepancies: [] }
}

test('events and calls stand in the order of their time, and the next try closes the line', () => {
  const queued = {
    type: 'sync.queued',
    at: '2026-11-23T06:00:00Z',
    job_id: ID,
    kind: 'run.publish',
    state: 'pending',
    record_revision: 1,
    reason: null,
    actor_id: 'system',
    correlation_id: ID,
    trace_id: null
  }
  const steps = stepsOf(timeline([job({ attempts: [call] })], [queued]))
  expect(steps.map(({ title }) => title)).toEqual([
    'Publish run: queued',
    'Publish run: call 1',
    'Publish run: tries again'
  ])
  expect(steps[1]).toMatchObject({ tone: 'warn', facts: ['Publish runs', 'no answer', '30.0 s'] })
  expect(steps[2]).toMatchObject({ ahead: true, facts: ['next try 23 Nov 2026, 14:32 SGT'] })
})

test('what is over has nothing ahead', () => {
  expect(stepsOf(timeline([job({ state: 'succeeded', finished_at: '2026-11-23T06:02:00Z' })]))).toEqual([])
})

test('a blocked one says what it waits for', () => {
  const wait = {
    record_type: 'run' as const,
    record_id: ID,
    part_id: null,
    standing: 'there' as const,
    state: 'queued'
  }
  const [step] = stepsOf(timeline([job({ state: 'blocked', next_try_at: null, waits_for: [wait] })]))
  expect(step).toMatchObject({ detail: 'Waits for Run (queued).', ahead: true })
})
