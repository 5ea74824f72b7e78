import { MultiSelect, Select } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { day } from '~/time'
import { venueName, nameOf, type Choices } from './choices'
import { modes } from './CourseSection'
import { ONLINE, type Mode, type Person, type PlannedSession } from './plan'
import styles from './planning.module.css'
import { TimeField } from './TimeField'

type Props = {
  /** The API's name for where it stands, `sessions.2`; names the controls. */
  at: string
  /** How people call it, `Session 3`. */
  name: string
  session: PlannedSession
  change: (session: PlannedSession) => void
  /** The run's: its first and last day, its room, its people. */
  held: [string | null, string | null]
  runVenueId: string | null
  people: readonly Person[]
  choices: Choices
  wrong: (field: string) => string | null
}

/** Day, times, mode, room and people of one session. */
export function SessionFields(props: Props) {
  const { at, name, session, change, held, runVenueId, people, choices, wrong } = props
  const put = (part: Partial<PlannedSession>) => change({ ...session, ...part })
  const online = ONLINE.includes(session.mode)
  const own = runVenueId === null ? 'No room yet' : `As the run: ${nameOf(choices, runVenueId)}`
  return (
    <>
      <div className={styles.day}>
        <DatePickerInput
          id={`${at}.start_at`}
          aria-label={session.on === null ? `${name}, day` : `${name}, day, ${day(session.on)}`}
          placeholder="Day"
          minDate={held[0] ?? undefined}
          maxDate={held[1] ?? undefined}
          valueFormatter={({ date }) => (typeof date === 'string' ? day(date) : '')}
          value={session.on}
          onChange={(on) => put({ on })}
          error={wrong('start_at')}
        />
      </div>
      <div className={styles.from}>
        <TimeField
          label={`${name}, from`}
          value={session.from}
          set={(from) => put({ from })}
          error={wrong('start_at') !== null}
        />
      </div>
      <div className={styles.to}>
        <TimeField
          id={`${at}.end_at`}
          label={`${name}, to`}
          value={session.to}
          set={(to) => put({ to })}
          error={wrong('end_at')}
        />
      </div>
      <div className={styles.mode}>
        <Select
          id={`${at}.mode_of_training`}
          aria-label={`${name}, mode`}
          allowDeselect={false}
          data={modes}
          value={session.mode}
          onChange={(mode) => put({ mode: mode as Mode })}
          error={wrong('mode_of_training')}
        />
      </div>
      <div className={styles.room}>
        <Select
          id={`${at}.venue_id`}
          aria-label={`${name}, room`}
          placeholder={online ? 'Online' : own}
          disabled={online}
          clearable
          clearButtonProps={{ 'aria-label': `${name}, room as the run` }}
          data={choices.venues.map((venue) => ({ value: venue.id, label: venueName(venue) }))}
          value={online ? null : session.venueId}
          onChange={(venueId) => put({ venueId })}
          error={wrong('venue_id') ?? wrong('venue')}
        />
      </div>
      <div className={styles.team}>
        <MultiSelect
          id={`${at}.trainer_ids`}
          aria-label={`${name}, people`}
          placeholder={session.trainerIds === null ? 'All who fit' : undefined}
          data={people.map(({ trainerId }) => ({ value: trainerId, label: nameOf(choices, trainerId) }))}
          value={session.trainerIds ?? []}
          onChange={(ids) => put({ trainerIds: ids.length > 0 ? ids : null })}
          error={wrong('trainer_ids')}
        />
      </div>
    </>
  )
}
