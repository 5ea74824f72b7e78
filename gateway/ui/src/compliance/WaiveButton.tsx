import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { money } from '~/words'

/** Let one duty go, with a reason that stays in the audit log. */
export function WaiveButton({ duty }: { duty: Schema['ObligationView'] }) {
  const [opened, { open, close }] = useDisclosure()
  const waive = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/compliance/obligations/{obligation_id}/waive', {
        params: { path: { obligation_id: duty.id }, header: ifMatch(duty) },
        body: { reason },
        headers
      }),
    { affects: ['/api/v1/compliance'], done: () => `“${duty.title}” is waived.` }
  )
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Waive
      </Button>
      <Confirm
        opened={opened}
        close={close}
        title={`Waive “${duty.title}”`}
        verb="Waive this duty"
        destructive
        busy={waive.busy}
        reason
        confirm={waive.run}
      >
        <Text size="sm">{duty.consequence}</Text>
        <Text size="sm">{money(duty.money_at_risk_cents)} at risk. Nothing more will be asked about it.</Text>
      </Confirm>
    </>
  )
}
