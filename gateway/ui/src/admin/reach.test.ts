import { expect, test } from 'vitest'
import type { Schema } from '~/api/client'
import { difference, permissionsOf } from './reach'

const roles: Schema['RoleView'][] = [
  { role: 'assessor', for_people: true, permissions: { 'runs:view': 'own', 'assessments:enter': 'own' } },
  { role: 'auditor', for_people: true, permissions: { 'runs:view': 'masked', 'audit:read': 'all' } }
]

test('of several roles the widest reach counts, in whichever order they are held', () => {
  expect(permissionsOf(roles, ['auditor', 'assessor']).get('runs:view')).toBe('masked')
  expect(permissionsOf(roles, ['assessor', 'auditor']).get('runs:view')).toBe('masked')
})

test('a difference names what is gained, lost, and reaches further; nothing that stays', () => {
  expect(difference(roles, ['assessor'], ['auditor'])).toEqual([
    { permission: 'runs:view', before: 'own', after: 'masked' },
    { permission: 'assessments:enter', before: 'own', after: undefined },
    { permission: 'audit:read', before: undefined, after: 'all' }
  ])
  expect(difference(roles, ['auditor'], ['auditor'])).toEqual([])
})
