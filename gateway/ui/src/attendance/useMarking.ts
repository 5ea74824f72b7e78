import { useEffect, useMemo, useState } from 'react'
import { useMay } from '~/access'
import { counted } from '~/words'
import { refusalOf, type Refusal } from './allowed'
import type { Spot } from './cursor'
import { letterLooks, letterOf } from './looks'
import { cell, overlayOf, shown, type Mark, type Seen, type Step } from './marks'
import { flush, send, SOON_MS, takeBack, useOutbox, type Wish } from './outbox'
import type { Line, Reg } from './sheets'

export type Place = { row: number; column: number; line: Line; session: string }
/** Marks of a locked sheet, waiting for the reason. */
export type Correction = { places: readonly Place[]; mark: Mark }

const MOST_STEPS = 100

/** Marking on a register: what is seen, what a key does, what is taken back, and what is said of it. */
export function useMarking(register: Reg, hold = SOON_MS) {
  const may = useMay()
  const { box } = useOutbox()
  const over = useMemo(() => overlayOf(box), [box])
  const [steps, setSteps] = useState<readonly Step[]>([])
  const [said, say] = useState('')
  const [correction, correct] = useState<Correction | null>(null)
  useEffect(() => flush, [])
  const last = steps.at(-1)
  /** Whether the last thing done can be taken back as if it never was: it has not left yet. */
  const undoable = last !== undefined && last.ops.every((op) => box.waiting.get(cell(op.session, op.enrolment)) === op)

  function seen({ session, line }: Pick<Place, 'session' | 'line'>): Seen & { moving: boolean } {
    return shown(over, cell(session, line.enrolment_id), line)
  }

  function placeAt({ row, column }: Spot): Place | null {
    const line = register.rows[row]?.lines[column]
    const session = register.columns[column]?.summary.session_id
    return line == null || session === undefined ? null : { row, column, line, session }
  }

  /** Mark all of these; where that cannot be, it is said, and a locked sheet asks for a reason. */
  function mark(spots: readonly Spot[], wanted: Mark): void {
    const free: Place[] = []
    const locked: Place[] = []
    let refused: Refusal | null = null
    for (const spot of spots) {
      const place = placeAt(spot)
      const state = place === null ? 'unmarked' : seen(place).state
      const why = refusalOf(register.columns[spot.column]!, place?.line ?? null, { state, mark: wanted }, may)
      if (why === null) free.push(place!)
      else if (why.correct) locked.push(place!)
      else refused ??= why
    }
    if (free.length > 0)
      push(
        free.map((place) => wishOf(place, wanted)),
        free
      )
    say(told(free, wanted, refused))
    if (locked.length > 0) correct({ places: locked, mark: wanted })
  }

  function wishOf(place: Place, wanted: Mark): Wish {
    const { session, line } = place
    return { session, enrolment: line.enrolment_id, mark: wanted, base: seen(place).revision }
  }

  function push(wishes: readonly Wish[], places: readonly Place[]): void {
    const before = places.map((place) => [cell(place.session, place.line.enrolment_id), judgedOf(seen(place))] as const)
    const step = send(wishes, new Map(before), hold)
    setSteps((earlier) => [...earlier.slice(1 - MOST_STEPS), step])
  }

  /** Who is still to be judged in a session: not marked, or checked in and not confirmed. */
  function missing(column: number): Place[] {
    return register.rows.flatMap((_, row) => {
      const place = placeAt({ row, column })
      if (place === null || !place.line.seated) return []
      const { state } = seen(place)
      return state === 'unmarked' || state === 'checked_in' ? [place] : []
    })
  }

  /** One judgement of the room: whoever was marked singly, here or on another device, keeps that mark. */
  function markRest(column: number): void {
    const rest = missing(column)
    const session = register.columns[column]!.summary.session_id
    if (rest.length === 0) return say('Nobody is left to mark.')
    const room = rest.map(({ line }) => line.enrolment_id)
    push([{ session, enrolment: null, mark: { state: 'present', note: null }, base: 0, room }], rest)
    say(`${counted(rest.length, 'person', 'people')} marked present.`)
  }

  function undo(): void {
    const step = steps.at(-1)
    if (step === undefined) return say('Nothing to undo.')
    setSteps(steps.slice(0, -1))
    const { again, stuck } = takeBack(step)
    const wishes = again.map(({ session, enrolment, mark: wanted }) => {
      const place = register.columns.findIndex(({ summary }) => summary.session_id === session)
      const row = register.rows.findIndex(({ id }) => id === enrolment)
      const found = placeAt({ row, column: place })
      return { session, enrolment, mark: wanted, base: found === null ? 0 : seen(found).revision }
    })
    if (wishes.length > 0) send(wishes, new Map(), hold)
    const kept = 'already saved: choose present or absent instead'
    say(stuck > 0 ? `${counted(stuck, 'mark')} ${stuck === 1 ? 'is' : 'are'} ${kept}.` : 'Undone.')
  }

  /** A mark that has not left is taken away; one that was saved stays on record. */
  function remove(spots: readonly Spot[]): void {
    const keys = new Set(
      spots.flatMap((spot) => {
        const place = placeAt(spot)
        return place === null ? [] : [cell(place.session, place.line.enrolment_id)]
      })
    )
    if (undoable && last!.ops.every(({ session, enrolment }) => keys.has(cell(session, enrolment)))) return undo()
    say('A saved mark cannot be removed. Mark it anew, or open it with the space bar to void it.')
  }

  function told(free: readonly Place[], wanted: Mark, refused: Refusal | null): string {
    const [first] = free
    if (first === undefined) return refused?.says ?? ''
    const word = letterLooks[letterOf(wanted)].word
    const who = free.length === 1 ? register.rows[first.row]!.name : `${free.length} marks`
    return `${who}: ${word}.${refused === null ? '' : ` ${refused.says}`}`
  }

  return { box, seen, placeAt, mark, markRest, missing, undo, undoable, remove, said, say, correction, correct }
}

export type Marking = ReturnType<typeof useMarking>

function judgedOf({ state, note }: Seen): Mark | null {
  return state === 'present' || state === 'absent' ? { state, note } : null
}
