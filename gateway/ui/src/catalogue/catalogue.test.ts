import { expect, test } from 'vitest'
import * as courses from './courseValues'
import * as trainers from './trainerValues'
import * as venues from './venueValues'

const record = {
  id: '0f8fad5b-d9cb-469f-a165-70867728950e',
  version: 3,
  status: 'active' as const,
  created_at: '2026-11-23T01:00:00Z',
  updated_at: '2026-11-23T01:00:00Z',
  updated_by: 'system',
  correlation_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7'
}
const course: courses.Course = {
  ...record,
  reference: 'TGS-2026000123',
  title: 'Synthetic Noodles',
  funded: true,
  support_from: '2026-01-01',
  support_to: '2026-12-31',
  skill_codes: [],
  planned_minutes: 720,
  pass_rule: { pass_mark: 60 },
  min_attendance_pct: 75,
  max_class_size: 20,
  modes: ['1']
}
const trainer: trainers.Trainer = {
  ...record,
  name: 'Synthetic Trainer',
  email: 'trainer@example.com',
  id_type: 'SP',
  id_number: 'S****001B',
  roles: [1, 2],
  existing: false,
  user_id: null,
  salutation: 2,
  domain_area_of_practice: 'Wok hei',
  experience: '',
  linkedin_url: '',
  qualifications: []
}
const venue: venues.Venue = {
  ...record,
  name: 'Synthetic Kitchen',
  block: null,
  street: 'Demo Road',
  floor: '02',
  unit: '11',
  building: null,
  postal_code: '408533',
  room: '2A',
  wheelchair_access: true,
  capacity: 24
}

test('what was not touched is not sent', () => {
  expect(courses.patchOf(courses.valuesOf(course), course)).toEqual({})
  expect(trainers.patchOf(trainers.valuesOf(trainer), trainer)).toEqual({})
  expect(venues.patchOf(venues.valuesOf(venue), venue)).toEqual({})
})

test('what was emptied is taken away', () => {
  const emptied = { ...courses.valuesOf(course), pass_mark: '', max_class_size: '' }
  expect(courses.patchOf(emptied, course)).toEqual({ pass_rule: { pass_mark: null }, max_class_size: null })
  expect(trainers.patchOf({ ...trainers.valuesOf(trainer), salutation: null }, trainer)).toEqual({ salutation: null })
  expect(venues.patchOf({ ...venues.valuesOf(venue), room: ' ', capacity: '' }, venue)).toEqual({
    room: null,
    capacity: null
  })
})

test('a masked number is never sent back, and another one is', () => {
  const values = trainers.valuesOf(trainer)
  expect(JSON.stringify(trainers.patchOf({ ...values, name: 'Another' }, trainer))).not.toContain('*')
  expect(trainers.patchOf({ ...values, id_number: 'S9000002A' }, trainer)).toEqual({ id_number: 'S9000002A' })
})

test('a number is required of who is new, and of who is known only its form', () => {
  expect(trainers.trainerRules(false).id_number('')).toBe('Enter the ID number.')
  expect(trainers.trainerRules(true).id_number('')).toBeNull()
})

test('a funded course needs both ends of its window, in order; another needs none', () => {
  const values = courses.valuesOf(course)
  const { support_from: first, support_to: last } = courses.courseRules
  expect(first(null, values)).toBe('A funded course needs its first day of funding.')
  expect(last(null, values)).toBe('A funded course needs its last day of funding.')
  expect(last('2025-12-31', values)).toBe('It lies before the first day.')
  expect(last('2026-01-01', values)).toBeNull()
  expect([first(null, { ...values, funded: false }), last(null, { ...values, funded: false })]).toEqual([null, null])
})

test('an address is told as far as it is known, with what TPGateway would miss', () => {
  expect(venues.addressOf(venue)).toBe('Demo Road #02-11, Singapore 408533')
  const bare = { ...venue, street: null, floor: null, unit: null, postal_code: null }
  expect(venues.addressOf(bare)).toBeNull()
  expect(venues.missingParts(bare)).toEqual(['floor', 'unit', 'postal code'])
  expect(venues.missingParts(venue)).toEqual([])
})
