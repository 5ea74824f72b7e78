import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ReasonField, useReason } from './Reason'

type Confirm = {
  opened: boolean
  close: () => void
  /** Names object and count: "Void 3 results". */
  title: string
  /** The verb on the button: "Void 3 results". */
  verb: string
  destructive?: boolean
  busy: boolean
  /** False while there is nothing to confirm, as after a count of none. */
  ready?: boolean
  children?: ReactNode
} & (
  { reason?: false; confirm: () => Promise<boolean> } | { reason: true; confirm: (reason: string) => Promise<boolean> }
)

/** Asks once before what cannot be taken back; focus starts on Cancel, and it stays open when the call fails. */
export function Confirm(props: Confirm) {
  const { opened, close, title, verb, destructive = false, busy, ready = true, children } = props
  const reason = useReason()
  async function go() {
    if (props.reason && !reason.check()) return
    const done = await (props.reason ? props.confirm(reason.text) : props.confirm())
    if (done) leave()
  }
  function leave() {
    reason.clear()
    close()
  }
  return (
    <Modal opened={opened} onClose={leave} title={title} attributes={{ header: { role: 'none' } }}>
      <Stack gap={12}>
        {children !== undefined && <Text component="div">{children}</Text>}
        {props.reason && <ReasonField {...reason} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={leave} data-autofocus>
            Cancel
          </Button>
          <Button color={destructive ? 'bad' : undefined} loading={busy} disabled={!ready} onClick={() => void go()}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
