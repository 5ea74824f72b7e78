import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { api, queries, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { ReasonField, useReason } from '~/components/Reason'
import { ActionButton, offered } from './ActionButton'
import { AFFECTS } from './Actions'
import type { Detail } from './moves'
import { SponsorFields, sponsorError, type Sponsor } from './SponsorFields'

/** Who pays, and the way to change it. */
export function Payer({ of: record, show }: { of: Detail; show: (id: string) => void }) {
  const [opened, { open, close }] = useDisclosure()
  const amend = offered(record, 'amend')
  return (
    <Stack gap={4} align="flex-start">
      {record.employer_id === null ? 'Individual' : <Name id={record.employer_id} />}
      {amend !== undefined && <ActionButton of={amend} verb="Change who pays" act={open} />}
      {opened && <Change of={record} show={show} close={close} />}
    </Stack>
  )
}

function Name({ id }: { id: string }) {
  const employer = queries.useQuery('get', '/api/v1/employers/{employer_id}', { params: { path: { employer_id: id } } })
  return employer.data?.name ?? 'Employer'
}

function Change({ of: record, show, close }: { of: Detail; show: (id: string) => void; close: () => void }) {
  const [sponsor, setSponsor] = useState<Sponsor>({ sponsorship: record.sponsorship, employer_id: record.employer_id })
  const [error, setError] = useState<string | null>(null)
  const reason = useReason()
  const amend = useCommand(
    (patch: Schema['EnrolmentPatch'], headers) =>
      api.PATCH('/api/v1/enrolments/{enrolment_id}', {
        params: { path: { enrolment_id: record.id }, header: { ...headers, ...ifMatch(record) } },
        body: patch
      }),
    {
      affects: AFFECTS,
      done: () => 'Who pays is changed.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: (answer) => {
        close()
        if (answer.id !== record.id) show(answer.id)
      }
    }
  )
  function save() {
    const wrong = sponsorError(sponsor)
    setError(wrong)
    if (wrong === null && reason.check()) void amend.run({ ...sponsor, reason: reason.text })
  }
  return (
    <Modal opened onClose={close} title="Change who pays" attributes={{ header: { role: 'none' } }}>
      <Stack gap={12}>
        {record.status === 'confirmed' && (
          <Text size="sm">The enrolment is replaced at TPGateway: a new one follows it, on the same seat.</Text>
        )}
        <SponsorFields value={sponsor} set={setSponsor} error={error} />
        <ReasonField {...reason} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button loading={amend.busy} onClick={save}>
            Change who pays
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
