import { ActionIcon, Group, Title } from '@mantine/core'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { queries, type Schema } from '~/api/client'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { levelLooks } from '~/status'
import { dayOf, monthName, monthOf, weeksOf } from '~/time'
import { counted } from '~/words'
import styles from './compliance.module.css'

type Day = Schema['DayView']

/** As far ahead as the API counts by day. */
const DAYS = 60
const LEVELS = ['red', 'amber', 'green'] as const
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

type Props = { month: string | undefined; chosen: string | undefined; show: (month: string) => void }

/** What falls due on each day of a month, by level; a day leads to its duties. */
export function Month({ month, chosen, show }: Props) {
  const days = queries.useQuery('get', '/api/v1/compliance/days', { params: { query: { days: DAYS } } })
  return (
    <div className={styles.calendar}>
      <Loaded of={days}>
        {({ at, days: found }) => {
          const dated = found.filter((one): one is Day & { day: string } => one.day !== null)
          const months = [...new Set(dated.map((one) => monthOf(one.day)))]
          const shown = month !== undefined && months.includes(month) ? month : monthOf(dayOf(at))
          const earlier = found.find((one) => one.day === null)
          return (
            <>
              <Turn months={months} shown={shown} show={show} earlier={earlier} />
              <Grid
                month={shown}
                days={new Map(dated.map((one) => [one.day, one]))}
                chosen={chosen}
                today={dayOf(at)}
              />
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

type TurnOf = { months: string[]; shown: string; show: (month: string) => void; earlier: Day | undefined }

function Turn({ months, shown, show, earlier }: TurnOf) {
  const at = months.indexOf(shown)
  const late = earlier === undefined ? 0 : total(earlier)
  return (
    <Group gap={8} mb={8}>
      <ActionIcon size={32} aria-label="The month before" disabled={at <= 0} onClick={() => show(months[at - 1]!)}>
        <ChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <Title order={2} aria-live="polite" miw={160} ta="center">
        {monthName(shown)}
      </Title>
      <ActionIcon
        size={32}
        aria-label="The month after"
        disabled={at === months.length - 1}
        onClick={() => show(months[at + 1]!)}
      >
        <ChevronRight size={16} aria-hidden />
      </ActionIcon>
      {late > 0 && (
        <Go to="/compliance" search={{ view: 'list', breached: true }} size="sm">
          {counted(late, 'duty', 'duties')} due before today
        </Go>
      )}
    </Group>
  )
}

type GridOf = { month: string; days: Map<string, Day>; chosen: string | undefined; today: string }

function Grid({ month, days, chosen, today }: GridOf) {
  return (
    <table className={styles.month}>
      <caption className="hidden">Duties due in {monthName(month)}, by level</caption>
      <thead>
        <tr>
          {WEEKDAYS.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(month).map((week) => (
          <tr key={week.find((on) => on !== null)}>
            {week.map((on, index) => (
              <td
                key={on ?? index}
                data-today={on === today || undefined}
                data-chosen={(on !== null && on === chosen) || undefined}
              >
                {on !== null && <Cell on={on} of={days.get(on)} />}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Cell({ on, of: found }: { on: string; of: Day | undefined }) {
  const number = Number(on.slice(8))
  if (found === undefined || total(found) === 0) return <span className={styles.date}>{number}</span>
  const parts = LEVELS.filter((level) => (found[level] ?? 0) > 0)
  const words = parts.map((level) => `${found[level]} ${levelLooks[level].word.toLowerCase()}`).join(', ')
  return (
    <Go
      from="/compliance"
      to="/compliance"
      search={(old) => ({ ...old, day: on })}
      resetScroll={false}
      className={styles.day}
    >
      <span className={styles.date}>{number}</span>
      <span className="hidden">: {words}</span>
      <span className={styles.levels} title={words} aria-hidden>
        {parts.map((level) => (
          <span key={level} data-tone={levelLooks[level].tone}>
            {found[level]}
          </span>
        ))}
      </span>
    </Go>
  )
}

function total({ red = 0, amber = 0, green = 0 }: Day): number {
  return red + amber + green
}
