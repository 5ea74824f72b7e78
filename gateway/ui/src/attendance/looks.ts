import { markLooks, markNoteLooks, type Look } from '~/status'
import type { Note, State } from './marks'

/** The letter a mark is written with in the grid; its word and tone are those of status.ts. */
export type Letter = 'P' | 'A' | 'L' | 'D' | 'E' | 'C' | 'R' | 'V' | '–'

export const letterLooks: Record<Letter, Look> = {
  P: markLooks.present,
  A: markLooks.absent,
  L: markNoteLooks.late,
  D: markNoteLooks.left_early,
  E: markNoteLooks.excused,
  C: markLooks.checked_in,
  R: markLooks.rejected,
  V: markLooks.voided,
  '–': markLooks.unmarked
}

const NOTES: Record<Note, Letter> = { late: 'L', left_early: 'D', excused: 'E' }
const STATES: Record<State, Letter> = {
  present: 'P',
  absent: 'A',
  checked_in: 'C',
  rejected: 'R',
  voided: 'V',
  unmarked: '–'
}

export function letterOf({ state, note }: { state: State; note: Note | null }): Letter {
  return note === null ? STATES[state] : NOTES[note]
}
