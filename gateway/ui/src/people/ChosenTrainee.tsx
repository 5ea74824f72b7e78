import { Box, Button, Group, Text } from '@mantine/core'
import { queries } from '~/api/client'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { day } from '~/time'

type Props = { id: string; runId: string | null; another: () => void }

/** Who was chosen, and whether they have a place on the run already. */
export function ChosenTrainee({ id, runId, another }: Props) {
  const trainee = queries.useQuery('get', '/api/v1/trainees/{trainee_id}', { params: { path: { trainee_id: id } } })
  return (
    <Box mih={{ base: 62, xs: 30 }}>
      <Loaded of={trainee}>
        {({ full_name, id_number, born_on, email, phone }) => (
          <>
            <Group gap={12}>
              <Text fw={600}>{full_name}</Text>
              <Text>{id_number}</Text>
              {born_on !== null && <Text c="dimmed">born {day(born_on)}</Text>}
              <Button size="xs" variant="default" onClick={another}>
                Choose another
              </Button>
            </Group>
            {(email === null || phone === null) && (
              <Text size="sm" mt={4}>
                {[email === null && 'Email', phone === null && 'Phone'].filter(Boolean).join(' and ')} missing: needed
                before the place is confirmed.{' '}
                <Go to="/trainees/$traineeId" params={{ traineeId: id }}>
                  Add it
                </Go>
              </Text>
            )}
            {runId !== null && <Taken traineeId={id} runId={runId} />}
          </>
        )}
      </Loaded>
    </Box>
  )
}

const ACTIVE = ['draft' as const, 'waitlisted' as const, 'offered' as const, 'confirmed' as const, 'completed' as const]

function Taken({ traineeId, runId }: { traineeId: string; runId: string }) {
  const query = { trainee_id: traineeId, run_id: runId, status: ACTIVE, limit: 1 }
  const { data } = queries.useQuery('get', '/api/v1/enrolments', { params: { query } })
  const [place] = data?.items ?? []
  if (place === undefined) return null
  return (
    <Text size="sm" mt={4} role="status">
      Has a place on this run already:{' '}
      <Go to="/enrolments" search={{ run_id: runId, open: place.id }}>
        {place.status}
      </Go>
    </Text>
  )
}
