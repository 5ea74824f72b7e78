import { expect, test } from 'vitest'
import type { Schema } from '~/api/client'
import { isOpen, judged, linesOf, percent, sent, wordsOf } from './lines'
import type { Detail, Summary } from './moves'

const RUN = 'r'

function outcome(enrolment_id: string, told: Partial<Schema['OutcomeView']> = {}): Schema['OutcomeView'] {
  const plain = { decided: false, passed: false, missing: [], failed: [], certificate_id: null }
  const status = { enrolment_status: 'confirmed', assessable: true, attended_enough: true } as const
  return { enrolment_id, run_id: RUN, required: [''], ...plain, ...status, ...told }
}

function assessment(enrolment_id: string, told: Partial<Summary>): Summary {
  return { id: `${enrolment_id}${told.attempt}`, enrolment_id, skill_code: null, ...told } as Summary
}

const people = new Map([
  ['a', { trainee_name: 'Ben', trainee_id_number: 'S****1A' }],
  ['b', { trainee_name: 'Ana', trainee_id_number: 'S****2B' }]
])

function lines(assessments: Summary[], outcomes = [outcome('a'), outcome('b')]) {
  return linesOf({ outcomes, people, rates: [], assessments })
}

test('one line a person and skill, by name; who may not be assessed only with a result of old', () => {
  expect(lines([]).map(({ name }) => name)).toEqual(['Ana', 'Ben'])
  const skills = lines([], [outcome('a', { required: ['X', 'Y'] }), outcome('b', { assessable: false })])
  expect(skills.map(({ name, skill }) => [name, skill])).toEqual([
    ['Ben', 'X'],
    ['Ben', 'Y']
  ])
})

test('the newest attempt decides whether a line takes typing, and under which number it is sent', () => {
  const failed = assessment('a', { attempt: 1, status: 'final', result: 'Fail' })
  const again = assessment('a', { attempt: 2, status: 'draft', result: null, score: 40, assessed_on: '2026-11-23' })
  const line = lines([again, failed]).find(({ enrolmentId }) => enrolmentId === 'a')!
  expect(isOpen(line)).toBe(true)
  expect(sent(line, wordsOf(line, '2026-11-24'))).toMatchObject({ attempt: 2, score: 40, assessed_on: '2026-11-23' })
  expect(isOpen(lines([failed]).find(({ enrolmentId }) => enrolmentId === 'a')!)).toBe(false)
})

test('drafts the rules take are ready, the others are named with what the rules say', () => {
  const drafts = ['a', 'b'].map((id) => assessment(id, { attempt: 1, status: 'draft' }))
  const warnings = [{ code: 'below_attendance', message: 'Too little.', blocks: true }]
  const read = new Map([
    ['a1', { warnings: [{ code: 'assessor_unknown', message: 'Nobody.', blocks: false }] } as unknown as Detail],
    ['b1', { warnings } as unknown as Detail]
  ])
  const { ready, blocked } = judged(lines(drafts), read)
  expect(ready.map(({ name }) => name)).toEqual(['Ben'])
  expect(blocked.map(({ line, why }) => [line.name, why])).toEqual([['Ana', 'Too little.']])
  expect(judged(lines(drafts), new Map()).ready).toEqual([])
})

test('a rate is never rounded up to what is needed', () => {
  const rate = { held_minutes: 1000, credited_minutes: 749 } as Schema['RateView']
  expect(percent(rate)).toBe('74 %')
  expect(percent(undefined)).toBe('–')
})
