import type { Change } from '~/audit/words'
import { resultLooks } from '~/status'
import { day } from '~/time'
import type { Schema } from '~/api/client'
import { plain } from '~/words'
import { changed, type Words } from './moves'

/** Before and after of what would change, as people read it. */
export function differences(from: Words, to: Words): Change[] {
  return Object.keys(changed(from, to)).map((name) => ({
    field: plain(name),
    old: shown(name, from[name as keyof Words]),
    new: shown(name, to[name as keyof Words])
  }))
}

/** What a proposal would make of the result as it stands; null when its values may not be seen. */
export function proposed(from: Words, proposal: Schema['ProposalView']): Change[] | null {
  if (proposal.values === null) return null
  const values = proposal.values
  return Object.keys(values)
    .filter((name) => name !== 'name_spelling')
    .map((name) => ({
      field: plain(name),
      old: shown(name, from[name as keyof Words]),
      new: shown(name, values[name])
    }))
}

function shown(field: string, value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (field === 'result') return resultLooks[value as Schema['Result']]?.word ?? String(value)
  if (field === 'assessed_on') return day(String(value))
  return String(value)
}
