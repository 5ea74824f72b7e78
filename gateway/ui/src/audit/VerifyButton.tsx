import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { count } from '~/words'
import { broken, unbroken } from './Chain'
import { asked, everything, RangeFields } from './Range'

type Verdict = Schema['VerdictView']

/** Reads the log again: links, columns, tree and signatures. What it finds stays on record. */
export function VerifyButton() {
  const [opened, { open, close }] = useDisclosure()
  const [range, setRange] = useState(everything)
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const verify = useCommand((_: void, headers) => api.POST('/api/v1/audit/verify', { body: asked(range), headers }), {
    affects: ['/api/v1/audit'],
    done: () => 'The log was read; what it found is on record.',
    // oxlint-disable-next-line unicorn/no-thenable
    then: setVerdict
  })
  function leave() {
    close()
    setVerdict(null)
  }
  return (
    <>
      <Button variant="default" leftSection={<ShieldCheck size={14} aria-hidden />} onClick={open}>
        Verify
      </Button>
      <Modal opened={opened} onClose={leave} title="Verify the log" attributes={{ header: { role: 'none' } }}>
        <Stack gap={12}>
          <Text size="sm">
            Every entry of the range is read and computed anew: its link to the one before, what its columns say, the
            tree above it and the signatures over that.
          </Text>
          <RangeFields value={range} set={setRange} />
          {verdict !== null && <Outcome of={verdict} />}
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={leave}>
              Close
            </Button>
            <Button loading={verify.busy} onClick={() => void verify.run()}>
              Verify
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function Outcome({ of: verdict }: { of: Verdict }) {
  return (
    <div className="panel" role="status">
      <Status look={verdict.intact ? unbroken : broken} />
      <Properties
        of={[
          ['Entries', `${count(verdict.from_seq)} to ${count(verdict.to_seq)}`],
          ['Compared', `${count(verdict.checkpoints)} signed roots, ${count(verdict.nodes)} tree nodes`],
          ...(verdict.intact
            ? []
            : ([
                ['First that does not hold', verdict.first_broken_seq],
                ['What is wrong', `${verdict.part}: ${verdict.fault}`]
              ] as const))
        ]}
      />
    </div>
  )
}
