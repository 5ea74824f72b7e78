import { expect, test } from 'vitest'
import { same, viewOf } from './savedViews'

test('a view is filters and columns: not what is open, and not what was cleared', () => {
  const search = { status: ['open'], q: undefined, open: 'a', month: '2026-11', day: '2026-11-23', columns: ['run'] }
  expect(viewOf(search)).toEqual({ status: ['open'], columns: ['run'] })
})

test('the order of parameters makes no other view; another value does', () => {
  expect(same({ q: 'a', refund_due: true }, { refund_due: true, open: 'x', q: 'a' })).toBe(true)
  expect(same({ q: 'a' }, { q: 'a', status: undefined })).toBe(true)
  expect(same({ q: 'a' }, { q: 'b' })).toBe(false)
  expect(same({}, { refund_due: false })).toBe(false)
})
