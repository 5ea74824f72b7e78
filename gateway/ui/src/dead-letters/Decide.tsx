import { Checkbox, List, NumberInput, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useMe } from '~/access'
import type { Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { instant } from '~/time'
import { counted } from '~/words'
import { AFFECTS, countOf, type Choice, type Decision, type Wish } from './decisions'
import { failures } from './names'

type Props = { decision: Decision; choice: Choice; close: () => void; then?: () => void }

const RATE = 20
const FASTEST = 1000

/** Counted first, service by service, then done to exactly the set that was counted. */
export function Decide({ decision, choice, close, then }: Props) {
  const me = useMe()
  const [rate, setRate] = useState(RATE)
  const [skip, setSkip] = useState(false)
  const counting = useQuery({
    queryKey: ['count', decision.act, choice],
    queryFn: () => countOf(decision, choice),
    // The set that was counted is the set that is meant: it is not counted anew behind the dialog.
    staleTime: Infinity,
    gcTime: 0,
    retry: false
  })
  const command = useCommand((wish: Wish, headers) => decision.call(choice, wish, headers), {
    affects: AFFECTS,
    done: (decided) => told(decision, decided),
    // oxlint-disable-next-line unicorn/no-thenable
    then
  })
  const count = counting.data?.count ?? 0
  const messages = counting.data?.parts.some(({ kind }) => kind !== 'sync') === true
  const named = `${decision.verb} ${counted(count, 'dead letter')}`
  return (
    <Confirm
      opened
      close={close}
      title={counting.data === undefined ? `${decision.verb} dead letters` : `${named}?`}
      verb={counting.data === undefined ? decision.verb : named}
      destructive={decision.destructive}
      busy={command.busy}
      ready={count > 0}
      reason
      confirm={(reason) => command.run({ reason, rate, skip })}
    >
      <Loaded of={counting}>{(found) => <Counted found={found} choice={choice} says={decision.says} />}</Loaded>
      {messages && decision.act === 'replay' && (
        <NumberInput
          label="Messages a second"
          description="Submissions keep the pace TPGateway allows."
          min={1}
          max={FASTEST}
          value={rate}
          onChange={(value) => setRate(Math.min(FASTEST, Math.max(1, Number(value) || RATE)))}
          w={200}
          mt={12}
        />
      )}
      {messages && decision.act === 'discard' && me.permissions['messaging:operate'] === 'all' && (
        <Checkbox
          mt={12}
          label="Let later events of the same records go on"
          description="Otherwise they keep waiting behind the ones given up."
          checked={skip}
          onChange={(event) => setSkip(event.currentTarget.checked)}
        />
      )}
    </Confirm>
  )
}

function Counted({ found, choice, says }: { found: Schema['Decided']; choice: Choice; says: string }) {
  const parts = found.parts.filter(({ ok, count }) => ok && count > 0)
  const refused = failures(found.parts)
  return (
    <Stack gap={8}>
      <Text size="sm">{found.count === 0 ? 'Nothing of it is dead now; there is nothing to do.' : says}</Text>
      {parts.length > 0 && 'until' in choice && (
        <List size="sm" aria-label="By service">
          {parts.map(({ service, kind, count, id }) => (
            <List.Item key={id ?? `${service} ${kind}`}>
              {service}: {counted(count, kind === 'sync' ? 'submission' : 'message')}
            </List.Item>
          ))}
        </List>
      )}
      {'until' in choice && (
        <Text size="sm" c="dimmed">
          Only what was dead at {instant(choice.until)}; what dies later is not meant.
        </Text>
      )}
      {refused.map((why) => (
        <Text key={why} size="sm" c="var(--bad-text)">
          Not these: {why}
        </Text>
      ))}
    </Stack>
  )
}

/** What was done, and what of it was not. */
function told(decision: Decision, { count, parts }: Schema['Decided']): string {
  const refused = failures(parts)
  const done = `${counted(count, 'dead letter')} ${decision.done}.`
  return refused.length === 0 ? done : `${done} Not done: ${refused.join(' ')}`
}
