import { expect, test } from 'vitest'
import { failures, groupName, letterName, replayName, replays, type Group } from './names'

const group = (kind: Group['kind'], fingerprint: string, example: string | null = null): Group => ({
  kind,
  fingerprint,
  example,
  services: ['course'],
  count: 1,
  failing: 0,
  first_at: '2026-11-23T01:00:00Z',
  last_at: '2026-11-23T01:00:00Z',
  oldest_age_s: 60,
  actions: []
})

test.each([
  [group('inbox', 'audit|run.published.v1|Broken|handlers.py:note', 'Broken.'), 'Broken', 'audit · run.published.v1'],
  [group('inbox', 'audit|run.published.v1|-|-'), 'It failed without a reason', 'audit · run.published.v1'],
  [group('outbox', 'outbox|run.published.v1|too large'), 'Not taken by the broker', 'course · run.published.v1'],
  [group('broker', 'broker|rejected'), 'The bytes are no event of ours', 'course'],
  [group('broker', 'broker|rejected', 'the body is not JSON'), 'the body is not JSON', 'course'],
  [group('sync', 'sync|rejected|run.publish|refused|TGS-9'), 'Rejected: Refused, TGS 9', 'Publish run'],
  [group('sync', 'sync|rejected|run.publish|refused|http_400'), 'Rejected: Refused, HTTP 400', 'Publish run'],
  [group('sync', 'sync|dead_lettered|fee.collect|unreachable|'), 'Gave up: Unreachable', 'Report fee']
])('a group is called by its reason and its queue', (of, reason, queue) =>
  expect(groupName(of)).toEqual({ reason, queue })
)

test('a letter is called by its event, or by what was to be submitted', () => {
  expect(letterName({ kind: 'sync', handler: 'run.publish', type: null })).toBe('Publish run')
  expect(letterName({ kind: 'inbox', handler: 'audit', type: 'run.published.v1' })).toBe('run.published.v1')
  expect(letterName({ kind: 'broker', handler: 'audit.q', type: null })).toBe('No event of ours')
})

test('a replay is called by what is sent again', () => {
  expect(replayName({ fingerprint: 'sync||run.publish||' })).toBe('Publish run')
  expect(replayName({ fingerprint: 'audit|run.published.v1|Broken|handlers.py:note' })).toBe(
    'run.published.v1 · Broken'
  )
})

test('the first series is no replay', () => expect([1, 2, 4].map((series) => replays({ series }))).toEqual([0, 1, 3]))

test('what failed is told once a service and reason', () => {
  const failed = { kind: 'message', ok: false, count: 0, service: 'course', id: null, error: { detail: 'It is away.' } }
  expect(failures([failed, failed, { ...failed, error: null }, { ...failed, ok: true }])).toEqual([
    'course: It is away.',
    'course: it could not be asked.'
  ])
})
