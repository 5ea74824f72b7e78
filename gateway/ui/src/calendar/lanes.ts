import type { ScheduleEventData, ScheduleResourceData } from '@mantine/schedule'
import type { Schema } from '~/api/client'
import { nameOf, venueName, type Choices } from '~/planning/choices'
import { sessionLooks } from '~/status'
import { clockTime, wallTime } from '~/time'

export type Booked = Schema['BookedSession']
export type Lanes = 'rooms' | 'people'

const NOWHERE = 'nowhere'
/** Palettes of the theme: a session is looked at by what became of it. */
const COLOURS: Record<Booked['status'], string> = { planned: 'harbour', held: 'good', cancelled: 'idle' }

/** Rooms or people as lanes: all that are offered, and whoever else is booked in this week. */
export function lanesOf(by: Lanes, booked: readonly Booked[], choices: Choices): ScheduleResourceData[] {
  const offered =
    by === 'rooms'
      ? choices.venues.map((venue) => ({ id: venue.id, label: venueName(venue) }))
      : choices.trainers.map(({ id, name }) => ({ id, label: name }))
  const known = new Set(offered.map(({ id }) => id))
  const others = new Set(booked.flatMap((session) => ownersOf(by, session)).filter((id) => !known.has(id)))
  const none = others.delete(NOWHERE) ? [{ id: NOWHERE, label: by === 'rooms' ? 'Online, or no room' : 'Nobody' }] : []
  return [...offered, ...[...others].map((id) => ({ id, label: nameOf(choices, id) })), ...none]
}

function ownersOf(by: Lanes, { venue_id, trainer_ids }: Booked): string[] {
  const ids = by === 'rooms' ? [venue_id ?? NOWHERE] : trainer_ids
  return ids.length > 0 ? ids : [NOWHERE]
}

/** Each session once in every lane it takes. */
export function eventsOf(by: Lanes, booked: readonly Booked[]): ScheduleEventData[] {
  return booked.flatMap((session) =>
    ownersOf(by, session).map((owner) => ({
      id: `${session.id} ${owner}`,
      title: titleOf(session),
      start: wallTime(session.start_at),
      end: wallTime(session.end_at),
      color: COLOURS[session.status],
      resourceId: owner,
      payload: { session }
    }))
  )
}

export function titleOf({ start_at, end_at, course_title, status }: Booked): string {
  const state = status === 'planned' ? '' : `, ${sessionLooks[status].word.toLowerCase()}`
  return `${clockTime(start_at)}–${clockTime(end_at)} ${course_title}${state}`
}

/** The hours of the day that are drawn: eight to six, and wider when somebody teaches earlier or later. */
export function hoursOf(booked: readonly Booked[]): { startTime: string; endTime: string } {
  const starts = booked.map(({ start_at }) => Number(clockTime(start_at).slice(0, 2)))
  const ends = booked.map(({ end_at }) => Number(clockTime(end_at).slice(0, 2)) + 1)
  const first = Math.min(8, ...starts)
  const last = Math.min(24, Math.max(18, ...ends))
  const even = first - (first % 2)
  return { startTime: clock(even), endTime: last > 22 ? '23:59:59' : clock(last + (last % 2)) }
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00:00`
}
