import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { shortId } from '~/api/ids'
import { Confirm } from '~/components/Confirm'
import { counted } from '~/words'
import styles from './attendance.module.css'
import { QrCode } from './QrCode'

type Pass = Schema['PassView']
type People = ReadonlyMap<string, string>

/** Personal passes for everybody on the run: made anew, shown once, handed to each alone. */
export function GivePasses({ runId, people }: { runId: string; people: People }) {
  const [asked, ask] = useState(false)
  const [passes, show] = useState<readonly Pass[] | null>(null)
  const command = useCommand(
    (_: undefined, headers) =>
      api.POST('/api/v1/attendance/check-in/passes', { body: { run_id: runId, enrolment_ids: [] }, headers }),
    {
      affects: [],
      done: (made) => `${counted(made.length, 'pass', 'passes')} made. They are shown this once.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: show
    }
  )
  return (
    <>
      <Button variant="default" onClick={() => ask(true)}>
        Make passes
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title="Make new passes for this run?"
        verb="Make passes"
        busy={command.busy}
        confirm={() => command.run(undefined)}
      >
        <Text size="sm">
          Everybody with a seat gets a pass of their own, which proves who checks in. Passes given before end now.
        </Text>
      </Confirm>
      {passes !== null && <Passes of={passes} people={people} close={() => show(null)} />}
    </>
  )
}

function Passes({ of: passes, people, close }: { of: readonly Pass[]; people: People; close: () => void }) {
  const [shown, show] = useState<string | null>(null)
  return (
    <Modal
      opened
      onClose={close}
      title="Personal passes"
      attributes={{ header: { role: 'none' } }}
      closeOnClickOutside={false}
      size="lg"
    >
      <Stack gap={12}>
        <Text size="sm">
          Each person scans their own pass once with their own phone. Nobody can show these again: who loses one needs a
          new one.
        </Text>
        <ul className={styles.disputes} aria-label="Passes">
          {passes.map(({ enrolment_id, pass }) => (
            <li key={enrolment_id}>
              <b>{people.get(enrolment_id) ?? `Enrolment ${shortId(enrolment_id)}`}</b>
              <Button
                variant="default"
                size="xs"
                aria-expanded={shown === enrolment_id}
                onClick={() => show(shown === enrolment_id ? null : enrolment_id)}
              >
                {shown === enrolment_id ? 'Hide pass' : 'Show pass'}
              </Button>
              {shown === enrolment_id && (
                <Group justify="center" w="100%">
                  <QrCode text={passLink(pass)} label="Personal pass, to be scanned by its owner" size={240} />
                </Group>
              )}
            </li>
          ))}
        </ul>
      </Stack>
    </Modal>
  )
}

/** Behind the `#`, where no server sees it. */
function passLink(pass: string): string {
  return `${location.origin}/check-in#${pass}`
}
