import { expect, test } from 'vitest'
import { differences, told } from './differences'

const run = {
  id: 'r',
  version: 3,
  status: 'draft',
  intake_size: 20,
  start_on: '2026-11-23',
  sync: { state: 'pending', remote_id: null },
  sessions: [
    { id: 'a', status: 'planned' },
    { id: 'b', status: 'planned' }
  ]
}

test('only what changed is told, nested fields by their path', () => {
  const now = { ...run, version: 4, status: 'open', sync: { state: 'synced', remote_id: '849900' } }
  expect(differences(run, now)).toEqual([
    { path: 'status', label: 'Status', before: 'draft', now: 'open' },
    { path: 'sync.state', label: 'Sync, state', before: 'pending', now: 'synced' },
    { path: 'sync.remote_id', label: 'Sync, remote id', before: null, now: '849900' }
  ])
})

test('entries are compared by their own ids', () => {
  const now = {
    ...run,
    sessions: [
      { id: 'b', status: 'cancelled' },
      { id: 'c', name: 'Make-up' }
    ]
  }
  expect(differences(run, now)).toEqual([
    { path: 'sessions.1', label: 'Sessions 1', before: { id: 'a', status: 'planned' }, now: undefined },
    { path: 'sessions.2.status', label: 'Sessions 2, status', before: 'planned', now: 'cancelled' },
    { path: 'sessions.3', label: 'Sessions 3', before: undefined, now: { id: 'c', name: 'Make-up' } }
  ])
})

test('what was wanted comes first, unless it is so by now', () => {
  const now = { ...run, version: 4, intake_size: 18, start_on: '2026-11-24' }
  expect(differences(run, now, { intake_size: 25, start_on: '2026-11-24', reason: 'More room' })).toEqual([
    { path: 'intake_size', label: 'Intake size', before: 20, now: 18, wanted: 25 },
    { path: 'start_on', label: 'Start on', before: '2026-11-23', now: '2026-11-24' }
  ])
})

test('fields a list does not hold are not taken for changes', () =>
  expect(differences({ id: 'r', version: 3, status: 'draft' }, run)).toEqual([]))

test.each([
  [null, '–'],
  [true, 'Yes'],
  [[], 'None'],
  [['in_progress', 'x'], 'In progress, X'],
  [{ name: 'Morning' }, 'Morning'],
  ['2026-11-23', '23 Nov 2026'],
  ['2026-11-22T17:30:00Z', '23 Nov 2026, 01:30 SGT'],
  ['TGS-2026000123', 'TGS-2026000123'],
  [20, '20']
])('%j is told as %s', (value, words) => expect(told(value)).toBe(words))

test('lists of parts are told as they were and are, not beside a wish in other words', () => {
  const before = { id: 'r', version: 3, venue_id: 'kitchen', trainers: [{ trainer_id: 'a', name: 'Ann' }] }
  const now = { ...before, version: 4, trainers: [{ trainer_id: 'b', name: 'Ben' }] }
  const wanted = { venue_id: 'hall', trainers: [{ trainer_id: 'c', roles: [1] }] }
  expect(differences(before, now, wanted).map((one) => [one.path, 'wanted' in one])).toEqual([
    ['venue_id', true],
    ['trainers.1.trainer_id', false],
    ['trainers.1.name', false]
  ])
})
