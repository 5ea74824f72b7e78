import { expect, test } from 'vitest'
import { ticks } from './StackedBars'

test.each([
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [27, [0, 10, 20, 30]],
  [100, [0, 50, 100]],
  [1_000, [0, 500, 1_000]]
])('the scale to %i is round and reaches it', (most, steps) => expect(ticks(most)).toEqual(steps))
