import { Box, Text, Title } from '@mantine/core'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { assessmentLooks, resultLooks } from '~/status'
import type { Detail } from './moves'

/** Of both before anything is known of either. */
const LINES = 36

/** How far the person has come: minutes held against for the rate, and each result. */
export function Progress({ of: { id } }: { of: Detail }) {
  const may = useMay()
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Attendance and results
      </Title>
      <Box mih={LINES}>
        {may('attendance:view') && <Rate id={id} />}
        {may('assessments:view') && <Results id={id} />}
      </Box>
    </section>
  )
}

function Rate({ id }: { id: string }) {
  const rates = queries.useQuery('get', '/api/v1/attendance/rates', { params: { query: { enrolment_id: id } } })
  return (
    <Loaded of={rates}>
      {({ items: [rate] }) =>
        rate === undefined || rate.held_minutes === 0 ? (
          <Text size="sm" c="dimmed">
            No session has been held yet.
          </Text>
        ) : (
          <Text size="sm">
            {Math.round((100 * rate.credited_minutes) / rate.held_minutes)} % of what was held; {rate.required_pct} % is
            needed{rate.at_risk ? ', at risk' : ''}.
          </Text>
        )
      }
    </Loaded>
  )
}

function Results({ id }: { id: string }) {
  const query = { enrolment_id: id, effective: true }
  const results = queries.useQuery('get', '/api/v1/assessments', { params: { query } })
  return (
    <Loaded of={results}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            No result has been entered yet.
          </Text>
        ) : (
          <Properties
            of={items.map((item) => [
              item.skill_code ?? 'Course',
              <span key={item.id}>
                {item.result && <Status look={resultLooks[item.result]} />}{' '}
                <Status look={assessmentLooks[item.status]} />
              </span>
            ])}
          />
        )
      }
    </Loaded>
  )
}
