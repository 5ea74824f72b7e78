import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'

// What a plan chooses from. A provider has tens of each, so one page holds them; those retired are no longer offered.

const LIMIT = 200
const offered = { params: { query: { status: 'active' as const, limit: LIMIT } } }

export type Choices = {
  courses: readonly Schema['CourseView'][]
  venues: readonly Schema['VenueView'][]
  trainers: readonly Schema['TrainerView'][]
  reading: boolean
  error: unknown
  refetch: () => void
}

/** Only what the role may read is asked for. */
export function useChoices(): Choices {
  const may = useMay()
  const [places, people] = [{ enabled: may('courses:view') }, { enabled: may('trainers:view') }]
  const courses = queries.useQuery('get', '/api/v1/courses', offered, places)
  const venues = queries.useQuery('get', '/api/v1/venues', offered, places)
  const trainers = queries.useQuery('get', '/api/v1/trainers', offered, people)
  const all = [courses, venues, trainers]
  return {
    courses: courses.data?.items ?? [],
    venues: venues.data?.items ?? [],
    trainers: trainers.data?.items ?? [],
    reading: all.some(({ isLoading }) => isLoading),
    error: all.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => all.forEach((each) => void each.refetch())
  }
}

export function venueName({ name, room }: Schema['VenueView']): string {
  return room && !name.includes(room) ? `${name}, room ${room}` : name
}

/** What to call whoever or whatever has this id, also when it is no longer offered. */
export function nameOf(choices: Choices, id: string): string {
  const venue = choices.venues.find((each) => each.id === id)
  if (venue !== undefined) return venueName(venue)
  return choices.trainers.find((each) => each.id === id)?.name ?? 'Somebody retired'
}
