import { expect, test } from 'vitest'
import { chosen } from './chosen'

const columns = ['run', 'course', 'dates'].map((id) => ({ id, head: id }))
const ids = (shown?: string[]) => chosen(columns, shown).map(({ id }) => id)

test('all columns stand until some are chosen; the first always does, and the order is the table’s own', () => {
  expect(ids()).toEqual(['run', 'course', 'dates'])
  expect(ids(['dates', 'course'])).toEqual(['run', 'course', 'dates'])
  expect(ids(['dates', 'no longer there'])).toEqual(['run', 'dates'])
  expect(ids([])).toEqual(['run'])
})
