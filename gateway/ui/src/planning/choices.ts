import type { Schema } from '~/api/client'

/** What a plan chooses from. */
export type Choices = {
  courses: readonly Schema['CourseView'][]
  venues: readonly Schema['VenueView'][]
  trainers: readonly Schema['TrainerView'][]
  reading: boolean
  error: unknown
  refetch: () => void
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
