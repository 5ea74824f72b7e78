import { expect, test } from 'vitest'
import { patchOf, traineeRules, valuesOf, wishOf } from './traineeValues'
import type { Trainee } from './words'

const trainee: Trainee = {
  id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  version: 3,
  full_name: 'Synthetic Trainee 1',
  id_type: 'NRIC',
  id_number: 'S****001B',
  born_on: '1990-05-17',
  birth_precision: 'day',
  email: 'trainee1@example.com',
  phone: { country: '+65', area: '', number: '90000001' },
  survey_language: 'EL',
  merged_into: null,
  erased: false,
  erased_at: null,
  created_at: '2026-11-23T01:00:00Z',
  updated_at: '2026-11-23T01:00:00Z',
  updated_by: 'system',
  correlation_id: '0f8fad5b-d9cb-469f-a165-70867728950e'
}

test('only what was changed is sent, and the masked number never is', () => {
  const values = valuesOf(trainee)
  expect(patchOf(values, trainee)).toEqual({})
  expect(patchOf({ ...values, full_name: ' Synthetic Trainee One ', reason: 'Misspelt' }, trainee)).toEqual({
    full_name: 'Synthetic Trainee One',
    reason: 'Misspelt'
  })
  expect(patchOf({ ...values, id_number: 'S9000002A' }, trainee)).toEqual({ id_number: 'S9000002A' })
})

test('another number of the phone sends the whole phone', () => {
  const values = valuesOf(trainee)
  const phone = { ...values.phone, number: '90000002' }
  expect(patchOf({ ...values, phone }, trainee)).toEqual({ phone })
})

test('a new person without email or phone is one without', () => {
  const values = { ...valuesOf(null), full_name: 'Synthetic Trainee 2', id_number: 'S9000002A', born_on: '1990-05-17' }
  expect(wishOf(values)).toMatchObject({ email: undefined, phone: undefined })
})

test('a number is required of who is new, and of who is known only its form', () => {
  expect(traineeRules(false).id_number('')).toBe('Enter the ID number.')
  expect(traineeRules(true).id_number('')).toBeNull()
  expect(traineeRules(true).id_number('S9000002A?')).toBe('The ID number has another form.')
})
