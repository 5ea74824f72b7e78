import { expect, test } from 'vitest'
import { copiesOf } from './codes'

const same = (ours: string, acked: string, theirs: string) =>
  copiesOf({ ours_digest: ours, acked_digest: acked, theirs_digest: theirs }).map((copy) => copy.same)

test('a copy names those before it that say the same', () => {
  expect(same('a', 'a', 'b')).toEqual([[], ['we hold'], []])
  expect(same('a', 'b', 'b')).toEqual([[], [], ['last sent and acknowledged']])
  expect(same('a', 'b', 'c')).toEqual([[], [], []])
})

test('what is missing on both sides is not the same', () => expect(same('', '', 'c')).toEqual([[], [], []]))
