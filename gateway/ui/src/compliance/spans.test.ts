import { expect, test } from 'vitest'
import { levelWords, spanWords } from './spans'

const rule = { counts_from: 'the last day of the run', trigger: 'the run ends' }
const span = (unit: string, size: number, counts_from = 'anchor') => ({
  unit,
  public: size,
  in_house: 2 * size,
  counts_from
})

test.each([
  [span('days', 14), 'public', '14 days after the last day of the run'],
  [span('days', 14), 'in_house', '28 days after the last day of the run'],
  [span('working_days', -3), 'public', '3 working days before the last day of the run'],
  [span('hours', 1, 'trigger'), 'public', '1 hour after the run ends'],
  [span('days', 0, 'trigger'), 'public', 'as soon as the run ends'],
  [span('moment', 0), 'public', 'by the last day of the run']
])('a limit is told in words', (of, provider, words) => expect(spanWords(of, provider, rule)).toBe(words))

test('so is when it warns', () =>
  expect(levelWords({ long_from_days: 10, amber_days: 7, red_days: 1, amber_percent: 50, red_percent: 80 })).toBe(
    'Amber 7 days before, red 1 day before; in windows under 10 days at 50 % and 80 %'
  ))
