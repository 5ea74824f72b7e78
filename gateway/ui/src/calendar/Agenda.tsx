import { Title, UnstyledButton } from '@mantine/core'
import { Status } from '~/components/Status'
import { sessionLooks } from '~/status'
import { clockTime, dayOf, weekday } from '~/time'
import styles from './calendar.module.css'
import type { Booked } from './lanes'

/** The same week on a phone: day by day, one session below the other. */
export function Agenda({ booked, open }: { booked: readonly Booked[]; open: (session: Booked) => void }) {
  const days = [...new Set(booked.map(({ start_at }) => dayOf(start_at)))]
  return days.map((on) => (
    <section key={on}>
      <Title order={2} size="md" mb={8}>
        {weekday(on)}
      </Title>
      <ul className={styles.agenda}>
        {booked
          .filter(({ start_at }) => dayOf(start_at) === on)
          .map((session) => (
            <li key={session.id}>
              <UnstyledButton
                className={session.status === 'cancelled' ? styles.hatched : undefined}
                onClick={() => open(session)}
              >
                {clockTime(session.start_at)}–{clockTime(session.end_at)} {session.course_title}{' '}
                <Status look={sessionLooks[session.status]} />
              </UnstyledButton>
            </li>
          ))}
      </ul>
    </section>
  ))
}
