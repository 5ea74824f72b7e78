import { expect, test } from 'vitest'
import { differing } from './patch'

type Wish = { name: string; codes: string[]; email?: string; until: string | null }

const before: Wish = { name: 'One', codes: ['A'], email: 'one@example.com', until: '2026-01-01' }

test('only what differs is sent: lists by what they hold, nothing where something was, and never what was not given', () => {
  expect(differing({ ...before, codes: ['A'] }, before)).toEqual({})
  expect(differing({ ...before, codes: ['A', 'B'] }, before)).toEqual({ codes: ['A', 'B'] })
  expect(differing({ ...before, until: null }, before)).toEqual({ until: null })
  expect(differing({ ...before, email: undefined }, before)).toEqual({})
})
