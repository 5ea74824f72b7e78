import type { Schema } from '~/api/client'

type Start = Schema['DayStartView']
/** The numbers that are kept of each day. */
export type Kept = 'breached' | 'red' | 'amber' | 'money_at_risk_cents' | 'stuck' | 'waiting'
export type Past = { values: readonly number[]; change: number }

/**
 * How a number went until now: as the last days began, and as it is. None before a second day, nor of what is not
 * told. The change is since today began.
 */
export function pastOf(starts: readonly Start[], kept: Kept, now: number): Past | undefined {
  const values = starts.flatMap((start) => start[kept] ?? [])
  if (values.length < 2 || values.length < starts.length) return undefined
  return { values: [...values, now], change: now - values.at(-1)! }
}

/** As people say it: nothing changed, so many more, so many fewer. */
export function changeWords(change: number, say: (value: number) => string): string {
  if (change === 0) return 'unchanged today'
  return `${change > 0 ? '+' : '−'}${say(Math.abs(change))} today`
}
