import { Text } from '@mantine/core'
import type { Schema } from '~/api/client'
import { Lines } from '~/charts/Lines'
import { StackedBars } from '~/charts/StackedBars'
import { Empty } from '~/components/Empty'
import { Figure, Figures } from '~/components/Figure'
import { Section } from '~/components/Section'
import { levelLooks } from '~/status'
import { DataTable } from '~/table/DataTable'
import { instant, instantShort } from '~/time'
import { count, counted, money } from '~/words'
import { missedColumns, movedColumns } from './foretoldColumns'

type Foretold = Schema['SimulationView']
type Sums = Schema['Sums']

const LEVELS = ['red', 'amber', 'green'] as const
const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }

/** What was supposed beside what is: levels as bars, red over time, and which duties are to blame. */
export function Foretold({ of: found }: { of: Foretold }) {
  const { before, after, moved, moved_count, missed, course, outage } = found
  return (
    <>
      <Text mb={12} role="status">
        {sentence(found)}
      </Text>
      <Figures label="As supposed, beside as things are">
        <Compared name="Late or at risk" before={before.red ?? 0} after={after.red ?? 0} tell={count} />
        <Compared name="Missed deadlines" before={before.breached ?? 0} after={after.breached ?? 0} tell={count} />
        <Compared
          name="Money at risk"
          before={before.money_at_risk_cents ?? 0}
          after={after.money_at_risk_cents ?? 0}
          tell={money}
        />
        {outage && (
          <Figure
            name="Missed by the outage"
            value={count(missed.count ?? 0)}
            note={`${money(missed.money_at_risk_cents ?? 0)}; ${count(missed.avoidable ?? 0)} can still be done before it`}
          />
        )}
      </Figures>
      <Section title="Levels before and after">
        <StackedBars
          caption={`Duties by level at ${instant(found.at)}, as things are and as supposed`}
          of="Case"
          bars={[bar('As things are', before), bar('As supposed', after)]}
        />
      </Section>
      {course.length > 1 && (
        <Section title="Late or at risk over time">
          <Lines
            caption="Duties late or at risk, from now to the end, as things are and as supposed"
            of="At"
            at={course.map(({ at }) => Date.parse(at))}
            labels={course.map(({ at }) => instantShort(at))}
            series={[
              { word: 'As things are', tone: 'idle', dashed: true, values: course.map((step) => step.before.red ?? 0) },
              { word: 'As supposed', tone: 'bad', values: course.map((step) => step.after.red ?? 0) }
            ]}
          />
        </Section>
      )}
      {outage && (
        <Section title="Missed because of the outage, costliest first">
          <DataTable
            label="Missed because of the outage"
            rows={missed.items ?? []}
            id={(duty) => duty.id}
            columns={missedColumns}
            of={STILL}
            empty={<Empty>Nothing is missed because of it.</Empty>}
          />
        </Section>
      )}
      <Section title="Duties that would stand otherwise, costliest first">
        <DataTable
          label="Duties that would stand otherwise"
          rows={moved}
          id={(duty) => duty.id}
          columns={movedColumns}
          of={STILL}
          empty={<Empty>Every duty would stand as it does.</Empty>}
        />
        {moved_count > moved.length && (
          <Text size="sm" c="dimmed">
            The costliest {moved.length} of {count(moved_count)}.
          </Text>
        )}
      </Section>
    </>
  )
}

type ComparedOf = { name: string; before: number; after: number; tell: (value: number) => string }

function Compared({ name, before, after, tell }: ComparedOf) {
  const change = after === before ? 'no change' : `${after > before ? 'up' : 'down'} from ${tell(before)}`
  return <Figure name={name} value={tell(after)} note={change} />
}

function bar(label: string, sums: Sums) {
  return { label, title: label, parts: LEVELS.map((level) => ({ ...levelLooks[level], value: sums[level] ?? 0 })) }
}

function sentence({ at, outage, moved_count }: Foretold): string {
  const when = `At ${instant(at)}, if nobody does anything meanwhile, ${counted(moved_count, 'duty', 'duties')} would stand otherwise than as things are.`
  if (!outage) return when
  const { began_at, ends_at, drained_at } = outage
  return `TPGateway away from ${instant(began_at)} to ${instant(ends_at)}; what waited has gone by ${instant(drained_at)}. ${when}`
}
