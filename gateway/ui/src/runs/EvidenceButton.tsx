import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { FileCheck } from 'lucide-react'
import { api } from '~/api/client'
import { useCommand } from '~/api/command'
import { download, keep } from '~/api/download'
import { Confirm } from '~/components/Confirm'
import type { Run } from './actions'
import { runName } from './RunName'

/** Everything that shows what became of the run, as one signed archive that is checked without this system. */
export function EvidenceButton({ run }: { run: Run }) {
  const [opened, { open, close }] = useDisclosure()
  const name = runName({ ...run, remote_id: run.sync.remote_id })
  const take = useCommand(
    (reason: string, headers) =>
      download(
        api.POST('/api/v1/compliance/evidence/{run_id}', {
          params: { path: { run_id: run.id } },
          body: { reason },
          headers,
          parseAs: 'blob'
        })
      ),
    {
      affects: ['/api/v1/audit'],
      done: () => `The evidence of ${name} is downloaded; that it was taken is on record.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: keep
    }
  )
  return (
    <>
      <Button variant="default" leftSection={<FileCheck size={14} aria-hidden />} onClick={open}>
        Evidence pack
      </Button>
      <Confirm
        opened={opened}
        close={close}
        title="Take the evidence pack?"
        verb="Take evidence pack"
        busy={take.busy}
        reason
        confirm={take.run}
      >
        <Text size="sm">
          <b>{name}</b>
        </Text>
        <Text size="sm">
          Enrolments, register, results, submissions, duties and decisions, with the part of the audit log that proves
          them. Names and ID numbers are masked. A program inside checks all of it without this system.
        </Text>
      </Confirm>
    </>
  )
}
