import { expect, test } from 'vitest'
import * as status from './status'

const lists = Object.entries(status).filter(([name]) => name.endsWith('Looks'))

test.each(lists)('%s: no two states share a word, and each has tone, word and icon', (_, looks) => {
  const all = Object.values(looks as Record<string, status.Look>)
  expect(new Set(all.map(({ word }) => word)).size).toBe(all.length)
  for (const { tone, word, icon } of all) {
    expect(tone).toMatch(/^(good|busy|warn|bad|odd|idle)$/)
    expect(word).toMatch(/^[A-Z]/)
    expect(icon).toBeTruthy()
  }
})

test('what waits for a person is never calm', () => {
  const { jobLooks, syncLooks } = status
  for (const look of [jobLooks.rejected, jobLooks.dead_lettered, syncLooks.rejected, syncLooks.dead]) {
    expect(look.tone).toBe('bad')
  }
})
