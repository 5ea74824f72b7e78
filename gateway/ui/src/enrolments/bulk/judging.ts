import type { Detail } from '../moves'

export type Refusals = { reason: string; count: number }[]
export type Counted = { ready: Detail[]; refused: Refusals }

/** Who may be asked, in the order they were chosen, and the refusals by reason, the most frequent first. */
export function judged(records: readonly Detail[], action: string): Counted {
  const ready: Detail[] = []
  const refused = new Map<string, number>()
  for (const record of records) {
    const answer = record.allowed_actions.find((each) => each.action === action)
    if (answer?.allowed === true) ready.push(record)
    else {
      const reason = answer?.reason ?? 'It does not take this action.'
      refused.set(reason, (refused.get(reason) ?? 0) + 1)
    }
  }
  const reasons = [...refused].map(([reason, count]) => ({ reason, count }))
  return { ready, refused: reasons.toSorted((one, other) => other.count - one.count) }
}
