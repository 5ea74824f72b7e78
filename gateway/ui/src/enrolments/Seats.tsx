import { Text } from '@mantine/core'
import { queries } from '~/api/client'
import { counted } from '~/words'

/** Its room is kept until it comes; on a phone it takes two lines. */
const ROOM = { base: 36, xs: 18 }

/** How a run's places are taken, in a line. */
export function Seats({ runId }: { runId: string }) {
  const { data, isPending } = queries.useQuery('get', '/api/v1/enrolments/seats/{run_id}', {
    params: { path: { run_id: runId } }
  })
  return (
    <Text size="sm" c="dimmed" role="status" mih={ROOM} data-reading={isPending || undefined}>
      {data &&
        `${data.free} of ${counted(data.capacity, 'seat')} free, ${data.confirmed} taken, ${data.offered} offered, ${data.waitlisted} waiting.`}
    </Text>
  )
}
