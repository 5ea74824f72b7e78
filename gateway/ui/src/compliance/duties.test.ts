import { expect, test } from 'vitest'
import { nextStep, stands } from './duties'

test('what is open says what would meet it', () => {
  expect(nextStep({ key: 'trainer_assigned', state: 'open' })).toBe('Assign a trainer')
})

test('what was met too late is not asked for again: it is there until it is waived', () => {
  expect(nextStep({ key: 'trainer_assigned', state: 'late' })).toBe('Have it waived')
  expect(stands({ state: 'late' })).toBe(true)
})

test.each(['met', 'waived', 'dropped'] as const)('nothing is left to do about what is %s', (state) => {
  expect(nextStep({ key: 'trainer_assigned', state })).toBe('See its run')
  expect(stands({ state })).toBe(false)
})
