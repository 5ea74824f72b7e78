import { queries } from '~/api/client'
import { StackedBars } from '~/charts/StackedBars'
import { Loaded } from '~/components/Loaded'
import { levelLooks } from '~/status'
import { day, dayShort } from '~/time'

const DAYS = 14
/** Of the chart with its legend: nothing below moves when it comes. */
const HEIGHT = 222
const LEVELS = ['red', 'amber', 'green'] as const

/** What is overdue, and what falls due in the next two weeks, day by day and by level. */
export function DueDays() {
  const days = queries.useQuery('get', '/api/v1/compliance/days', { params: { query: { days: DAYS } } })
  return (
    <div style={{ minHeight: HEIGHT }}>
      <Loaded of={days}>
        {({ days: found }) => (
          <StackedBars
            caption={`Duties due in the next ${DAYS} days, by level`}
            of="Day"
            bars={found.map((one) => ({
              label: one.day === null ? 'Earlier' : dayShort(one.day),
              title: one.day === null ? 'Before today' : day(one.day),
              parts: LEVELS.map((level) => ({ ...levelLooks[level], value: one[level] }))
            }))}
          />
        )}
      </Loaded>
    </div>
  )
}
