import type { Schema } from '~/api/client'
import { same } from '~/conflicts/differences'
import { ASSESSMENT, sessionWish, wishOf, type Person, type Plan, type PlannedSession } from '~/planning/plan'

type Links = Schema['LinkedTrainer'][]

const [TRAINER, ASSESSOR] = [1, 2] as const
const DETAILS = [
  'registration_opens_on',
  'registration_closes_on',
  'intake_size',
  'threshold',
  'min_pax',
  'schedule_info',
  'admin_email',
  'vacancy',
  'class_size_override'
] as const
const DATES = ['start_on', 'end_on', 'registration_opens_on', 'registration_closes_on'] as const

/** Only the fields that are another than before: what others change meanwhile stays theirs. */
function changed<Fields extends object, Name extends keyof Fields>(
  before: Fields,
  after: Fields,
  names: readonly Name[]
): Partial<Pick<Fields, Name>> {
  const moved = names.filter((name) => !same(before[name], after[name]))
  return Object.fromEntries(moved.map((name) => [name, after[name]])) as Partial<Pick<Fields, Name>>
}

/** Seats, registration and words of a run, as far as they were changed. */
export function detailsPatch(before: Plan, after: Plan): Schema['RunPatch'] {
  return changed<Schema['RunWish'], (typeof DETAILS)[number]>(wishOf(before)!, wishOf(after)!, DETAILS)
}

/** One session, as far as it was changed. */
export function sessionPatch(before: PlannedSession, after: PlannedSession): Schema['SessionPatch'] {
  const [was, is] = [sessionWish(before), sessionWish(after)]
  const { trainer_ids, ...fields } = changed(was, is, Object.keys(is) as (keyof typeof is)[])
  return trainer_ids ? { ...fields, trainer_ids } : fields
}

/** New dates and the sessions that are held at another time; `places` says where in the plan each of these stands. */
export function rescheduleWish(before: Plan, after: Plan): { wish: Schema['RescheduleWish']; places: number[] } {
  const dates = changed<Schema['RunWish'], (typeof DATES)[number]>(wishOf(before)!, wishOf(after)!, DATES)
  const places = after.sessions.flatMap((session, place) =>
    sameTimes(before.sessions[place]!, session) ? [] : [place]
  )
  const sessions = places.map((place) => {
    const { start_at, end_at } = sessionWish(after.sessions[place]!)
    return { session_id: after.sessions[place]!.key, start_at, end_at }
  })
  return { wish: { ...dates, sessions, reason: '' }, places }
}

function sameTimes(one: PlannedSession, other: PlannedSession): boolean {
  const [before, after] = [sessionWish(one), sessionWish(other)]
  return before.start_at === after.start_at && before.end_at === after.end_at
}

/** Who is to be on the run: what was changed here, on top of who is on it now. */
export function trainersWish(
  before: readonly Person[],
  after: readonly Person[],
  now: Links
): Schema['TrainerLinkWish'][] {
  const [was, is] = [byId(before), byId(after)]
  const staying = now
    .filter(({ trainer_id }) => !was.has(trainer_id) || is.has(trainer_id))
    .map(({ trainer_id, roles }) => {
      const here = is.get(trainer_id)
      const touched = here !== undefined && !same(here, was.get(trainer_id))
      return { trainer_id, roles: touched ? here : (roles as Person['roles']) }
    })
  const there = new Set(now.map(({ trainer_id }) => trainer_id))
  const came = after.filter(({ trainerId }) => !was.has(trainerId) && !there.has(trainerId))
  return [...staying, ...came.map(({ trainerId, roles }) => ({ trainer_id: trainerId, roles }))]
}

function byId(people: readonly Person[]): Map<string, Person['roles']> {
  return new Map(people.map(({ trainerId, roles }) => [trainerId, roles]))
}

/** The plan in another room: sessions that stood in the old one move with it. */
export function housed(plan: Plan, venueId: string | null): Plan {
  const sessions = plan.sessions.map((session) =>
    session.venueId === plan.venueId ? { ...session, venueId } : session
  )
  return { ...plan, venueId, sessions }
}

/** The plan with other people: sessions lose those who left, and gain those who came and fit their mode. */
export function staffed(plan: Plan, people: Person[]): Plan {
  const staying = new Set(people.map(({ trainerId }) => trainerId))
  const came = people.filter(({ trainerId }) => !plan.people.some((known) => known.trainerId === trainerId))
  const sessions = plan.sessions.map((session) => {
    const role = session.mode === ASSESSMENT ? ASSESSOR : TRAINER
    const left = session.trainerIds?.filter((id) => staying.has(id)) ?? []
    const ids = [...left, ...came.filter(({ roles }) => roles.includes(role)).map(({ trainerId }) => trainerId)]
    return { ...session, trainerIds: ids.length > 0 ? ids : null }
  })
  return { ...plan, people, sessions }
}
