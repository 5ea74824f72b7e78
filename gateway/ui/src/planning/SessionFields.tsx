import { MultiSelect, Select } from '@mantine/core'
import { venueName, nameOf, type Choices } from './choices'
import { modes } from './CourseSection'
import { ONLINE, type Mode, type Person, type PlannedSession } from './plan'
import styles from './planning.module.css'
import { called, SessionTimes, type TimesProps } from './SessionTimes'

type Props = TimesProps & {
  /** The run's room and people. */
  runVenueId: string | null
  people: readonly Person[]
  choices: Choices
}

/** Day, times, mode, room and people of one session. */
export function SessionFields(props: Props) {
  const { at, name, session, change, runVenueId, people, choices, wrong } = props
  const put = (part: Partial<PlannedSession>) => change({ ...session, ...part })
  const online = ONLINE.includes(session.mode)
  const own = runVenueId === null ? 'No room yet' : `As the run: ${nameOf(choices, runVenueId)}`
  return (
    <>
      <SessionTimes {...props} />
      <div className={styles.mode}>
        <Select
          id={`${at}.mode_of_training`}
          {...called(props, 'Mode')}
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
          {...called(props, 'Room')}
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
          {...called(props, 'People')}
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
