import '@mantine/schedule/styles.css'
import { ResourcesWeekView, type ScheduleEventData } from '@mantine/schedule'
import type { ComponentPropsWithoutRef, ReactNode } from 'react'
import type { Choices } from '~/planning/choices'
import { sessionLooks } from '~/status'
import { clockTime, now, wallTime, weekday } from '~/time'
import styles from './calendar.module.css'
import { eventsOf, hoursOf, lanesOf, type Booked, type Lanes } from './lanes'

type Props = { monday: string; by: Lanes; booked: readonly Booked[]; choices: Choices; open: (session: Booked) => void }

/** A week with a lane for each room or person: what lies over each other in a lane is a clash. */
export default function Week({ monday, by, booked, choices, open }: Props) {
  return (
    <ResourcesWeekView
      date={monday}
      resources={lanesOf(by, booked, choices)}
      events={eventsOf(by, booked)}
      {...hoursOf(booked)}
      mode="static"
      withHeader={false}
      firstDayOfWeek={1}
      intervalMinutes={120}
      slotWidth={56}
      rowHeight={60}
      weekendDays={[]}
      labels={{ resources: by === 'rooms' ? 'Rooms' : 'People' }}
      renderEventBody={(event) => <Body session={sessionOf(event)} />}
      weekdayFormat={(on) => weekday(on.slice(0, 10))}
      slotLabelFormat="HH"
      getCurrentTime={() => wallTime(now())}
      highlightToday={false}
      maxEventsPerTimeSlot={4}
      renderEvent={(event, props) => (
        <Event {...props} session={sessionOf(event)} tabIndex={0} onClick={() => open(sessionOf(event))} />
      )}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Sessions of the week' } }}
    />
  )
}

function sessionOf(event: ScheduleEventData): Booked {
  return (event.payload as { session: Booked }).session
}

function Body({ session }: { session: Booked }) {
  return (
    <span className={styles.body}>
      <span>
        {clockTime(session.start_at)}–{clockTime(session.end_at)}
      </span>
      <span className="hidden">, </span>
      <span>{session.course_title}</span>
      {session.status !== 'planned' && (
        <span className="hidden">, {sessionLooks[session.status].word.toLowerCase()}</span>
      )}
    </span>
  )
}

type EventProps = ComponentPropsWithoutRef<'button'> & { session: Booked; children: ReactNode }

function Event({ session, className = '', ...props }: EventProps) {
  const hatched = session.status === 'cancelled' ? styles.hatched : ''
  return <button type="button" {...props} className={`${className} ${styles.event} ${hatched}`} />
}
