import { useMay } from '~/access'
import { queries } from '~/api/client'
import type { Choices } from './choices'

// A provider has tens of each, so one page holds them; those retired are no longer offered.

const LIMIT = 200
const offered = { params: { query: { status: 'active' as const, limit: LIMIT } } }

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
