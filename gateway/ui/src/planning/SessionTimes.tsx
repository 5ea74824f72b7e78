import { DatePickerInput } from '@mantine/dates'
import { day } from '~/time'
import type { PlannedSession } from './plan'
import styles from './planning.module.css'
import { TimeField } from './TimeField'

export type TimesProps = {
  /** The API's name for where it stands, `sessions.2`; names the controls. */
  at: string
  /** How people call it, `Session 3`. */
  name: string
  /** Whether each control shows its own label: where the session stands alone, not in a list of them. */
  alone?: boolean
  session: PlannedSession
  change: (session: PlannedSession) => void
  /** The first and last day it may lie on. */
  held: [string | null, string | null]
  wrong: (field: string) => string | null
}

/** A control's label: seen where the session stands alone, else heard with the session's name. */
export function called({ name, alone }: Pick<TimesProps, 'name' | 'alone'>, what: string) {
  return alone ? { label: what } : { 'aria-label': `${name}, ${what.toLowerCase()}` }
}

/** Day and times of one session. */
export function SessionTimes(props: TimesProps) {
  const { at, name, alone, session, change, held, wrong } = props
  const put = (part: Partial<PlannedSession>) => change({ ...session, ...part })
  return (
    <>
      <div className={styles.day}>
        <DatePickerInput
          id={`${at}.start_at`}
          {...(alone
            ? { label: 'Day' }
            : { 'aria-label': session.on === null ? `${name}, day` : `${name}, day, ${day(session.on)}` })}
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
          {...called(props, 'From')}
          value={session.from}
          set={(from) => put({ from })}
          error={wrong('start_at') !== null}
        />
      </div>
      <div className={styles.to}>
        <TimeField
          id={`${at}.end_at`}
          {...called(props, 'To')}
          value={session.to}
          set={(to) => put({ to })}
          error={wrong('end_at')}
        />
      </div>
    </>
  )
}
