import type { Schema } from '~/api/client'
import { clockTime, dayOf, daysBetween, instantFrom, plusDays } from '~/time'

export type Mode = Schema['Mode']

/** One session as it is typed: a day and two times of it, Singapore's. */
export type PlannedSession = {
  /** Tells rows apart while they are edited; the server never sees it. */
  key: string
  on: string | null
  from: string
  to: string
  /** Days until its end: none, but for windows of self-paced learning and for an end at midnight. */
  lasts: number
  mode: Mode
  /** Null takes the run's room, or none in an online mode. */
  venueId: string | null
  /** Null takes everybody on the run whose role fits the mode. */
  trainerIds: string[] | null
}

export type Person = { trainerId: string; roles: (1 | 2)[] }

/** A run as it is typed, whole or in parts. */
export type Plan = {
  courseId: string | null
  mode: Mode
  registration: [string | null, string | null]
  held: [string | null, string | null]
  /** The day the sessions' days are counted from. */
  firstDay: string | null
  scheduleInfo: string
  adminEmail: string
  intake: number | null
  extra: number
  atLeast: number
  overrideReason: string
  vacancy: Schema['Vacancy']
  venueId: string | null
  sessions: PlannedSession[]
  people: Person[]
}

export const ONLINE: readonly Mode[] = ['2', '9']
export const ASSESSMENT: Mode = '8'

export function blank(today: string): Plan {
  return {
    courseId: null,
    mode: '1',
    registration: [today, null],
    held: [null, null],
    firstDay: null,
    scheduleInfo: '',
    adminEmail: '',
    intake: null,
    extra: 0,
    atLeast: 0,
    overrideReason: '',
    vacancy: 'A',
    venueId: null,
    sessions: [],
    people: []
  }
}

/** The plan of a run that stands, to be changed. */
export function planOf(run: Schema['RunDetail']): Plan {
  return {
    courseId: run.course_id,
    mode: run.mode_of_training,
    registration: [run.registration_opens_on, run.registration_closes_on],
    held: [run.start_on, run.end_on],
    firstDay: run.start_on,
    scheduleInfo: run.schedule_info,
    adminEmail: run.admin_email,
    intake: run.intake_size,
    extra: run.threshold,
    atLeast: run.min_pax,
    overrideReason: run.class_size_override ?? '',
    vacancy: run.vacancy,
    venueId: run.venue_id,
    sessions: plannedOf(run).map(sessionOf),
    people: run.trainers.map(({ trainer_id, roles }) => ({ trainerId: trainer_id, roles: roles as (1 | 2)[] }))
  }
}

/** The sessions that make up a run's plan. */
export function plannedOf(run: Schema['RunDetail']): Schema['SessionView'][] {
  return run.sessions.filter(({ status, is_makeup }) => status !== 'cancelled' && !is_makeup)
}

export function sessionOf(session: Schema['SessionView']): PlannedSession {
  const on = dayOf(session.start_at)
  return {
    key: session.id,
    on,
    lasts: daysBetween(on, dayOf(session.end_at)),
    from: clockTime(session.start_at),
    to: clockTime(session.end_at),
    mode: session.mode_of_training,
    venueId: session.venue_id,
    trainerIds: session.trainer_ids
  }
}

/** An earlier run's plan without its dates; its sessions move when the first day is chosen. */
export function copyOf(run: Schema['RunDetail'], today: string): Plan {
  const plan = planOf(run)
  return {
    ...plan,
    registration: [today, null],
    held: [null, null],
    scheduleInfo: '',
    overrideReason: '',
    vacancy: 'A'
  }
}

/** The run held on other days: its sessions keep their distance from its first day. */
export function moved(plan: Plan, held: Plan['held']): Plan {
  const [first] = held
  if (first === null) return { ...plan, held }
  const shift = daysBetween(plan.firstDay ?? first, first)
  const sessions = plan.sessions.map((session) => ({
    ...session,
    on: session.on === null ? null : plusDays(session.on, shift)
  }))
  return { ...plan, held, firstDay: first, sessions }
}

/** One more session: like the last one, a day later; else a morning of the first day. */
export function nextSession(plan: Plan, key: string): PlannedSession {
  const last = plan.sessions.at(-1)
  if (last === undefined) {
    return {
      key,
      on: plan.held[0],
      from: '09:00',
      to: '12:00',
      lasts: 0,
      mode: plan.mode,
      venueId: null,
      trainerIds: null
    }
  }
  const following = last.on === null ? null : plusDays(last.on, 1)
  const inside = following !== null && plan.held[1] !== null && following <= plan.held[1]
  return { ...last, key, on: inside ? following : last.on }
}

type Wish = Schema['RunWish']

/** What somebody typed as a time of day, as `09:00`; null when it is none. */
export function timeOf(typed: string): string | null {
  const found = /^(\d{1,2}):?(\d{2})$/.exec(typed.trim())
  if (found === null || Number(found[1]) > 23 || Number(found[2]) > 59) return null
  return `${found[1]!.padStart(2, '0')}:${found[2]}`
}

/** What a draft cannot be saved without: by the API's name of the field, and in the words of the page. */
export type Unfilled = { field: string; name: string }

/** A session's number where none has been told yet: its place in the plan. */
export const byPlace = (place: number) => place + 1

export function unfilled(plan: Plan, numberOf = byPlace): Unfilled[] {
  const fields: [string, string, boolean][] = [
    ['course_id', 'Course', plan.courseId === null],
    ['start_on', 'Dates of the run', plan.held.includes(null)],
    ['registration_opens_on', 'Registration', plan.registration.includes(null)],
    ['schedule_info', 'Schedule', plan.scheduleInfo.trim() === ''],
    ['admin_email', 'Contact email', plan.adminEmail.trim() === ''],
    ['intake_size', 'Seats', plan.intake === null],
    ...plan.sessions.map(({ on, from, to }, index): [string, string, boolean] => [
      `sessions.${index}.start_at`,
      `Session ${numberOf(index)}, day and times`,
      on === null || from === '' || to === ''
    ])
  ]
  return fields.filter(([, , missing]) => missing).map(([field, name]) => ({ field, name }))
}

/** The plan as the API takes it; null while something is unfilled. */
export function wishOf(plan: Plan): Wish | null {
  if (unfilled(plan).length > 0) return null
  return {
    course_id: plan.courseId!,
    registration_opens_on: plan.registration[0]!,
    registration_closes_on: plan.registration[1]!,
    start_on: plan.held[0]!,
    end_on: plan.held[1]!,
    intake_size: plan.intake!,
    threshold: plan.extra,
    min_pax: plan.atLeast,
    mode_of_training: plan.mode,
    schedule_info: plan.scheduleInfo.trim(),
    admin_email: plan.adminEmail.trim(),
    vacancy: plan.vacancy,
    venue_id: plan.venueId,
    class_size_override: plan.overrideReason.trim() || null,
    trainers: plan.people.map(({ trainerId, roles }) => ({ trainer_id: trainerId, roles })),
    sessions: plan.sessions.map(sessionWish)
  }
}

export function sessionWish(session: PlannedSession): Schema['SessionWish'] {
  const { on, from, to, lasts, mode, venueId, trainerIds } = session
  return {
    start_at: instantFrom(on!, from),
    end_at: instantFrom(plusDays(on!, lasts), to),
    mode_of_training: mode,
    venue_id: ONLINE.includes(mode) ? null : venueId,
    trainer_ids: trainerIds
  }
}
