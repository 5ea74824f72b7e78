import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { counted } from '~/words'
import { readyOf, refusedOf, type Batch, type Kind, type Order } from './kinds'

/** The one step that writes: what it will do, counted, and then asked once. */
export function Accept({ kind, batch }: { kind: Kind; batch: Batch }) {
  const [opened, { open, close }] = useDisclosure()
  const ready = readyOf(kind, batch)
  const left = batch.rows - ready
  return (
    <section className="panel" aria-label="Accept" style={{ marginBottom: 16 }}>
      <Group justify="space-between" gap={12}>
        <Text>
          {ready === 0
            ? 'No row can be taken. Mend the file and send it again.'
            : `${counted(ready, 'row')} can be taken${left > 0 ? `; ${counted(left, 'row')} would be left out` : ''}. Nothing is written yet.`}
        </Text>
        {ready > 0 && <Button onClick={open}>{kind.verb(ready)}</Button>}
      </Group>
      {opened && <Ask kind={kind} batch={batch} close={close} />}
    </section>
  )
}

function Ask({ kind, batch, close }: { kind: Kind; batch: Batch; close: () => void }) {
  const [seats, setSeats] = useState(kind.seats)
  const [ready, refused] = [readyOf(kind, batch), refusedOf(kind, batch)]
  const commit = useCommand((order: Order, headers) => kind.commit(order, headers), {
    affects: kind.affects,
    done: () => `${counted(ready, 'row')} are being taken.`
  })
  return (
    <Confirm
      opened
      close={close}
      title={`${kind.verb(ready)}?`}
      verb={kind.verb(ready)}
      busy={commit.busy}
      confirm={() => commit.run({ batch, seats, leaveOut: refused > 0 })}
    >
      <Stack gap={12}>
        {refused > 0 && (
          <Text size="sm">
            {counted(refused, 'refused row')} {refused === 1 ? 'is' : 'are'} left out. To take all or none, mend the
            file and send it again.
          </Text>
        )}
        {kind.seats && (
          <Checkbox
            label="Give seats at once"
            description="In the file's order; whoever finds none free joins the queue. Without it they stay drafts."
            checked={seats}
            onChange={(event) => setSeats(event.currentTarget.checked)}
          />
        )}
        <Text size="sm">It goes on by itself when you leave the page.</Text>
      </Stack>
    </Confirm>
  )
}
