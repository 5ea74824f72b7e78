import { Button, Group, Progress, Text } from '@mantine/core'
import { queries } from '~/api/client'
import { Failure } from '~/components/Failure'
import { counted } from '~/words'

const EVERY_MS = 2_000

/** How a decision about many gets on; its id is in the address, so that it can be left and found again. */
export function BulkProgress({ id, close }: { id: string; close: () => void }) {
  const { data, error, refetch } = queries.useQuery(
    'get',
    '/api/v1/sync/discrepancies/bulks/{bulk_id}',
    { params: { path: { bulk_id: id } } },
    { refetchInterval: ({ state }) => ((state.data?.sending ?? 1) > 0 ? EVERY_MS : false) }
  )
  if (data === undefined) return error === null ? null : <Failure error={error} again={() => void refetch()} />
  const { total, resolved, sending, stuck } = data
  const share = (part: number) => (total === 0 ? 0 : (100 * part) / total)
  return (
    <section className="panel" style={{ marginBottom: 12 }} aria-label="Repair of many">
      <Group justify="space-between" mb={8}>
        <Text size="sm" role="status">
          Repair of {counted(total, 'discrepancy', 'discrepancies')}: {total - sending - stuck - resolved} waiting for
          the next comparison, {resolved} resolved, {sending} being sent, {stuck} stuck
        </Text>
        <Button size="xs" variant="default" onClick={close}>
          Dismiss
        </Button>
      </Group>
      <Progress.Root size={8} aria-hidden>
        <Progress.Section value={share(resolved)} color="good.6" />
        <Progress.Section value={share(stuck)} color="bad.6" />
        <Progress.Section value={share(sending)} color="harbour.4" animated />
      </Progress.Root>
    </section>
  )
}
