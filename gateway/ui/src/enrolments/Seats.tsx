import { Text } from '@mantine/core'
import { queries } from '~/api/client'
import { counted } from '~/words'

/** How a run's places are taken, in a line. */
export function Seats({ runId }: { runId: string }) {
  const { data } = queries.useQuery('get', '/api/v1/enrolments/seats/{run_id}', { params: { path: { run_id: runId } } })
  if (data === undefined) return null
  return (
    <Text size="sm" c="dimmed" role="status">
      {data.free} of {counted(data.capacity, 'seat')} free, {data.confirmed} taken, {data.offered} offered,{' '}
      {data.waitlisted} waiting.
    </Text>
  )
}
