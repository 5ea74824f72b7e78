import { List, Text, Title } from '@mantine/core'
import { queries } from '~/api/client'
import { Loaded } from '~/components/Loaded'
import { Status } from '~/components/Status'
import { severityLooks } from '~/status'
import { plain } from '~/words'
import type { Detail } from './moves'

const BEFORE: readonly Detail['status'][] = ['draft', 'waitlisted', 'offered']

/** What TPGateway would refuse of a place that is not confirmed yet. */
export function Preflight({ of: { id, status } }: { of: Detail }) {
  if (!BEFORE.includes(status)) return null
  return <Asked id={id} />
}

function Asked({ id }: { id: string }) {
  const params = { path: { enrolment_id: id } }
  const found = queries.useQuery('get', '/api/v1/enrolments/{enrolment_id}/preflight', { params })
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Before it is confirmed
      </Title>
      <Loaded of={found}>
        {({ ready, errors, warnings }) => (
          <>
            <Text size="sm">
              {ready ? 'TPGateway would take it as it is.' : 'TPGateway would refuse it. Mend these first:'}
            </Text>
            <List size="sm" aria-label="Findings" listStyleType="none">
              {errors.map((each) => (
                <List.Item key={`${each.field} ${each.code}`}>
                  <Status look={severityLooks.block} /> {plain(each.field)}: {each.message} {each.fix}
                </List.Item>
              ))}
              {warnings.map((each) => (
                <List.Item key={`${each.field} ${each.code}`}>
                  <Status look={severityLooks.warn} /> {plain(each.field)}: {each.message} {each.fix}
                </List.Item>
              ))}
            </List>
          </>
        )}
      </Loaded>
    </section>
  )
}
