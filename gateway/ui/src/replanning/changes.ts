import type { Schema } from '~/api/client'
import { plannedOf } from '~/planning/plan'
import type { Run } from '~/runs/actions'
import type { PlanChange } from '~/searches'
import { sessionLooks } from '~/status'
import { isoNow } from '~/time'

/** What may be changed in the plan of a run that was published: by the API's own names, as its page offers them. */
export const planChanges: readonly { name: PlanChange; verb: string }[] = [
  { name: 'reschedule', verb: 'Reschedule run' },
  { name: 'change_venue', verb: 'Change room' },
  { name: 'change_trainers', verb: 'Change people' },
  { name: 'edit', verb: 'Change details' },
  { name: 'add_session', verb: 'Add session' },
  { name: 'add_makeup_session', verb: 'Add make-up session' }
]

/** Why a session stays as it is, as far as it tells itself; null when it may be changed. */
export function frozen({ status, start_at, attendance_taken }: Schema['SessionView']): string | null {
  if (status !== 'planned') return `It is ${sessionLooks[status].word.toLowerCase()}.`
  if (Date.parse(start_at) <= Date.parse(isoNow())) return 'It has started.'
  return attendance_taken ? 'Attendance is on record.' : null
}

/** How people call the sessions of a plan: by the number each has in its run. */
export function numbersOf(run: Run): (place: number) => number {
  const planned = plannedOf(run)
  const next = Math.max(0, ...run.sessions.map(({ sequence }) => sequence)) + 1
  return (place) => planned[place]?.sequence ?? next
}

/** A finding's field with the session's own number in place of its place in the plan. */
export function numbered(field: string, numberOf: (place: number) => number): string {
  return field.replace(/^sessions\.(\d+)/, (_, place: string) => `sessions.${numberOf(Number(place)) - 1}`)
}

/** The panel's title. */
export function changeName(run: Run, change: PlanChange, sessionId?: string): string {
  const verb = planChanges.find(({ name }) => name === change)?.verb
  if (verb !== undefined) return verb
  const session = run.sessions.find(({ id }) => id === sessionId)
  return session === undefined ? 'Change session' : `Change session ${session.sequence}`
}
