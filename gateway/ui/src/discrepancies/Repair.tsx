import { Button, Code, Group, List, Radio, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { actionWords, discrepancyName, type Action, type Discrepancy } from './codes'

export const AFFECTS = ['/api/v1/sync', '/api/v1/course-runs', '/api/v1/enrolments', '/api/v1/dead-letters'] as const

/** What may be decided: each choice shows the very calls it would make before it is made. */
export function Repair({ of: row }: { of: Discrepancy }) {
  const [action, choose] = useState<Action>(row.suggested)
  const [asked, ask] = useState(false)
  const words = actionWords[action]
  const command = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/sync/discrepancies/{discrepancy_id}/resolve', {
        params: { path: { discrepancy_id: row.id }, header: ifMatch(row) },
        body: { action, reason, dry_run: false },
        headers
      }),
    { affects: AFFECTS, done: (answer) => told(row, action, answer) }
  )
  if (row.state === 'accepted')
    return <Text size="sm">It stays as it is, and is opened again when TPGateway’s copy changes.</Text>
  if (row.actions.length === 0) return <Text size="sm">Nothing can be decided about it here.</Text>
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        What to do
      </Title>
      <Radio.Group aria-label="What to do" value={action} onChange={(next) => choose(next as Action)}>
        <Group gap={12}>
          {row.actions.map((each) => (
            <Radio
              key={each}
              value={each}
              label={`${actionWords[each].verb}${each === row.suggested ? ' (suggested)' : ''}`}
            />
          ))}
        </Group>
      </Radio.Group>
      <Preview of={row} action={action} />
      <Button mt={12} onClick={() => ask(true)}>
        {words.verb}
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title={`${words.verb}: ${discrepancyName(row).toLowerCase()}?`}
        verb={words.verb}
        destructive={words.destructive}
        busy={command.busy}
        reason
        confirm={command.run}
      >
        <Text size="sm">What the preview shows is done now; the next comparison says whether it helped.</Text>
      </Confirm>
    </section>
  )
}

/** Asked of the server as a dry run: the calls, personal values masked, and what our own check holds against them. */
function Preview({ of: row, action }: { of: Discrepancy; action: Action }) {
  const preview = useQuery({
    // Under a name of its own: what was shown stays, also while the decision itself is on its way.
    queryKey: ['preview', row.id, row.version, action],
    queryFn: async () =>
      (
        await api.POST('/api/v1/sync/discrepancies/{discrepancy_id}/resolve', {
          params: { path: { discrepancy_id: row.id }, header: ifMatch(row) },
          body: { action, reason: 'Looking before deciding', dry_run: true }
        })
      ).data!,
    gcTime: 0,
    retry: false
  })
  return (
    <section aria-label="Preview" style={{ marginTop: 12, minHeight: 48 }}>
      <Loaded of={preview}>
        {({ effect, calls = [], waits_for_second_person }) => (
          <Stack gap={8}>
            <Text size="sm">
              {effect} {waits_for_second_person && 'A second person has to agree first.'}
            </Text>
            {calls.map((call) => (
              <Call key={`${call.method} ${call.path}`} of={call} />
            ))}
          </Stack>
        )}
      </Loaded>
    </section>
  )
}

function Call({ of: call }: { of: Schema['PlannedCallView'] }) {
  return (
    <div>
      <Code>
        {call.method} {call.path}
      </Code>
      {call.hints.length > 0 && (
        <List size="sm" mt={4} aria-label="What stands in the way">
          {call.hints.map((hint) => (
            <List.Item key={`${hint.field} ${hint.code}`}>
              <b>{hint.field}</b>: {hint.message} {hint.fix}
            </List.Item>
          ))}
        </List>
      )}
      {call.body !== null && (
        <Code block mt={4} mah={320} style={{ overflow: 'auto' }} tabIndex={0} aria-label={`Body of ${call.operation}`}>
          {JSON.stringify(call.body, null, 2)}
        </Code>
      )}
    </div>
  )
}

function told(row: Discrepancy, action: Action, answer: Schema['ResolutionView']): string {
  if (answer.waits_for_second_person) return `“${discrepancyName(row)}” waits for a second person.`
  return `“${discrepancyName(row)}” ${actionWords[action].done}.`
}
