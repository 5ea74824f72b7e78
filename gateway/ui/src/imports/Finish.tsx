import { Group, Text } from '@mantine/core'
import { GoButton } from '~/components/links'
import { counted } from '~/words'
import type { Batch, Kind } from './kinds'

/** What became of the file, and where to see it. */
export function Finish({ kind, batch }: { kind: Kind; batch: Batch }) {
  const left = batch.rows - batch.taken
  return (
    <section className="panel" aria-label="Result" style={{ marginBottom: 16 }}>
      <Group justify="space-between" gap={12}>
        <Text>
          {kind.done(batch.taken)}
          {left > 0 ? `; ${counted(left, 'row')} left out.` : '; no row left out.'}
        </Text>
        {kind.seats && (
          <GoButton to="/enrolments" search={{ run_id: batch.run_id ?? undefined }}>
            See the enrolments
          </GoButton>
        )}
      </Group>
    </section>
  )
}
