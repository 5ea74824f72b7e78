import { expect, test } from 'vitest'
import type { Detail } from '../moves'
import { judged } from './judging'

const place = (id: string, reason: string | null) =>
  ({ id, allowed_actions: [{ action: 'cancel', allowed: reason === null, reason }] }) as Detail

test('refusals are counted by reason, the most frequent first; who may go keeps the order', () => {
  const records = [
    place('a', null),
    place('b', 'The enrolment is completed.'),
    place('c', 'The enrolment is withdrawn.'),
    place('d', 'The enrolment is withdrawn.'),
    place('e', null)
  ]
  const { ready, refused } = judged(records, 'cancel')
  expect(ready.map(({ id }) => id)).toEqual(['a', 'e'])
  expect(refused).toEqual([
    { reason: 'The enrolment is withdrawn.', count: 2 },
    { reason: 'The enrolment is completed.', count: 1 }
  ])
})

test('an action the record does not know is a refusal too', () => {
  expect(judged([place('a', null)], 'graduate').refused).toEqual([
    { reason: 'It does not take this action.', count: 1 }
  ])
})
