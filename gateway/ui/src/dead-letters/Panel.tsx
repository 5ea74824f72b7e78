import { Button, Code, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { TraceLink } from '~/components/TraceLink'
import { failedAgain, standingLooks } from '~/status'
import { instant } from '~/time'
import { Decide } from './Decide'
import { decisions, DISCARDERS, type Decision } from './decisions'
import { Subject } from './Letters'
import { letterName, placeWords, replays } from './names'

type Detail = Schema['DeadLetterDetail']

/** One dead letter beside the list: why it died, what is in it, and what may be done about it. */
export function Panel({ id, close }: { id: string; close: () => void }) {
  const letter = useQuery({
    // Under a name of its own: once it is decided, or done by itself, it is no dead letter to be read anew.
    queryKey: ['letter', id],
    queryFn: async () => (await api.GET('/api/v1/dead-letters/{id}', { params: { path: { id } } })).data!,
    retry: false
  })
  return <Loaded of={letter}>{(detail) => <Shown of={detail} close={close} />}</Loaded>
}

function Shown({ of: letter, close }: { of: Detail; close: () => void }) {
  const [asked, ask] = useState<Decision | null>(null)
  const again = letter.standing === 'dead' && replays(letter) > 0
  const actions = letter.actions ?? []
  return (
    <Stack gap={16}>
      <Group gap={12}>
        <Title order={2}>{letterName(letter)}</Title>
        <Status look={again ? failedAgain : standingLooks[letter.standing]} />
      </Group>
      <Text>{letter.words}</Text>
      <Group gap={8}>
        {Object.values(decisions)
          .filter(({ act }) => actions.includes(act))
          .map((decision) => (
            <Button key={decision.act} size="xs" variant="default" onClick={() => ask(decision)}>
              {decision.verb}
            </Button>
          ))}
      </Group>
      {letter.standing === 'dead' && !actions.includes('discard') && letter.kind !== 'outbox' && (
        <Text size="sm" c="dimmed">
          Discarding it needs the permission <b>{DISCARDERS[letter.kind === 'sync' ? 'sync' : 'message']}</b>, which
          administrators have.
        </Text>
      )}
      <Properties of={properties(letter)} />
      {letter.event && <Event of={letter} />}
      {letter.calls && letter.calls.length > 0 && <Calls of={letter.calls} />}
      {asked && <Decide decision={asked} choice={{ ids: [letter.id] }} close={() => ask(null)} then={close} />}
    </Stack>
  )
}

function properties(letter: Detail) {
  return [
    ['Lies in', `${letter.service} · ${placeWords[letter.kind].word.toLowerCase()}`],
    ['Failed in', letter.handler],
    ['Subject', <Subject key="subject" of={letter} />],
    ['Tries', `${letter.attempts}${letter.crashes ? `, ${letter.crashes} of them ended in a crash` : ''}`],
    ['Replayed', replays(letter) === 0 ? 'Never' : `${replays(letter)} times`],
    ['First', instant(letter.first_at)],
    ['Last', instant(letter.last_at)],
    ['Next try', letter.next_at ? instant(letter.next_at) : null],
    ['Waiting behind it', letter.waiting_behind ? `${letter.waiting_behind} later events of this record` : null],
    ['Event id', letter.event_id ? <CopyId key="event" id={letter.event_id} whole label="event id" /> : null],
    ['Correlation id', letter.correlation_id ? <CopyId key="id" id={letter.correlation_id} whole /> : null],
    ['Trace', letter.trace_id ? <TraceLink key="trace" id={letter.trace_id} /> : null]
  ].filter(([, value]) => value !== null) as [string, React.ReactNode][]
}

function Event({ of: letter }: { of: Detail }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        The event, with nothing but ids
      </Title>
      <Code block tabIndex={0} aria-label="The event">
        {JSON.stringify(letter.event, null, 2)}
      </Code>
      <Text size="sm" c="dimmed" mt={4}>
        {letter.size} bytes, SHA-256 {letter.sha256}
      </Text>
    </section>
  )
}

/** Every call made for a submission; its timeline tells the same with redacted bodies. */
function Calls({ of: calls }: { of: NonNullable<Detail['calls']> }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Calls
      </Title>
      <Properties
        of={calls.map((call, index) => [
          `Call ${index + 1}`,
          [
            call.operation,
            call.http_status === null ? 'no answer' : `HTTP ${String(call.http_status)}`,
            call.error_code
          ]
            .filter(Boolean)
            .map(String)
            .join(', ')
        ])}
      />
    </section>
  )
}
