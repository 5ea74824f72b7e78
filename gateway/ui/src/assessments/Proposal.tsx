import { Button, Group, Stack, Text, Title, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useMay, useMe } from '~/access'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Actor } from '~/audit/Actor'
import { Changes } from '~/audit/Changes'
import { Confirm } from '~/components/Confirm'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { proposalLooks } from '~/status'
import { instant } from '~/time'
import type { Detail } from './moves'
import { AFFECTS } from './Actions'
import { proposed } from './changes'

type Decision = 'approve' | 'decline' | 'withdraw'

const verbs: Record<Decision, string> = { approve: 'Approve', decline: 'Decline', withdraw: 'Withdraw' }
const says: Record<Decision, string> = {
  approve: 'The result is changed at once, and TPGateway is told.',
  decline: 'The result stays as it is.',
  withdraw: 'The result stays as it is; nobody needs to decide any more.'
}

/** What waits for a second person: before and after, why, and the decision. */
export function Proposal({ of: record, proposal }: { of: Detail; proposal: Schema['ProposalView'] }) {
  const changes = proposal.kind === 'amendment' ? proposed(record, proposal) : null
  return (
    <section className="panel">
      <Stack gap={12}>
        <Group gap={8}>
          <Title order={3} size="md">
            {proposal.kind === 'void' ? 'Somebody asks to void it' : 'Somebody proposes an amendment'}
          </Title>
          <Status look={proposalLooks[proposal.status]} />
        </Group>
        {changes !== null && changes.length > 0 && <Changes of={changes} />}
        {proposal.fields.includes('name_spelling') && <Text size="sm">TPGateway is told the name anew.</Text>}
        <Properties
          of={[
            ['Reason', proposal.reason],
            ['Asked by', <Actor key="who" id={proposal.proposed_by} />],
            ['Asked', instant(proposal.proposed_at)]
          ]}
        />
        <Decide of={record} proposal={proposal} />
      </Stack>
    </section>
  )
}

function Decide({ of: record, proposal }: { of: Detail; proposal: Schema['ProposalView'] }) {
  const [asked, ask] = useState<Decision | null>(null)
  const me = useMe()
  const may = useMay()
  const decide = useCommand(
    (reason: string, headers) => {
      const path = { assessment_id: record.id, proposal_id: proposal.id }
      const at = { params: { path, header: ifMatch(record) }, headers }
      if (asked === 'approve')
        return api.POST('/api/v1/assessments/{assessment_id}/proposals/{proposal_id}/approve', at)
      const body = { reason }
      if (asked === 'decline')
        return api.POST('/api/v1/assessments/{assessment_id}/proposals/{proposal_id}/decline', { ...at, body })
      return api.POST('/api/v1/assessments/{assessment_id}/proposals/{proposal_id}/withdraw', { ...at, body })
    },
    { affects: AFFECTS, done: () => (asked === 'approve' ? 'It is approved.' : 'It stays as it was.') }
  )
  const told = new Map(record.allowed_actions.map((one) => [one.action, one]))
  const offered = (['approve', 'decline'] as const).filter(() => may('assessments:approve'))
  const own = proposal.proposed_by === me.id
  const asks = {
    opened: true,
    close: () => ask(null),
    title: asked === null ? '' : `${verbs[asked]}?`,
    verb: asked === null ? '' : verbs[asked],
    busy: decide.busy
  }
  return (
    <Group gap={8}>
      {offered.map((one) => {
        const { allowed = false, reason } = told.get(one) ?? {}
        return (
          <Tooltip key={one} label={reason ?? ''} disabled={allowed}>
            <Button
              size="xs"
              variant="default"
              data-disabled={!allowed || undefined}
              aria-disabled={!allowed}
              aria-description={reason ?? undefined}
              onClick={() => allowed && ask(one)}
            >
              {verbs[one]}
            </Button>
          </Tooltip>
        )
      })}
      {own && (
        <Button size="xs" variant="default" onClick={() => ask('withdraw')}>
          Withdraw
        </Button>
      )}
      {asked === 'approve' && (
        <Confirm {...asks} confirm={() => decide.run('')}>
          {says.approve}
        </Confirm>
      )}
      {asked !== null && asked !== 'approve' && (
        <Confirm {...asks} reason confirm={decide.run}>
          {says[asked]}
        </Confirm>
      )}
    </Group>
  )
}
