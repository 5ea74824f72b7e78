import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Moment } from '~/components/Moment'
import { Section } from '~/components/Section'
import { counted } from '~/words'
import { AFFECTS } from './decisions'
import styles from './deadLetters.module.css'
import { replayName } from './names'

type Replaying = Schema['GatewayReplaying']

const EVERY_MS = 2_000

/** How far every replay has come, as long as one is under way; what was not tried yet can be called back. */
export function Replays() {
  const [asked, ask] = useState<Replaying | null>(null)
  const { data } = queries.useQuery(
    'get',
    '/api/v1/dead-letters/replays',
    {},
    { refetchInterval: ({ state }) => (state.data?.items.length ? EVERY_MS : false) }
  )
  if (data === undefined || data.items.length === 0) return null
  return (
    <Section title="Replays under way">
      <ul aria-label="Replays under way" style={{ margin: 0, padding: 0, listStyle: 'none' }}>
        {data.items.map((replay) => (
          <li key={`${replay.service} ${replay.fingerprint}`} className={styles.replay}>
            <b>{replay.service}</b>
            <span className="dimmed">{replayName(replay)}</span>
            <span className="figures" role="status">
              {replay.waiting} waiting, {replay.trying} being tried, {replay.failed_again} failed again
            </span>
            {replay.last_at && (
              <span className="dimmed">
                the last <Moment at={replay.last_at} />
              </span>
            )}
            {replay.recallable && replay.waiting > 0 && (
              <Can do="messaging:operate">
                <Button size="xs" variant="default" onClick={() => ask(replay)}>
                  Call back
                </Button>
              </Can>
            )}
          </li>
        ))}
      </ul>
      {asked && <CallBack replay={asked} close={() => ask(null)} />}
    </Section>
  )
}

function CallBack({ replay, close }: { replay: Replaying; close: () => void }) {
  const { service, fingerprint } = replay
  const command = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/dead-letters/replay/cancel', { body: { service, fingerprint, reason }, headers }),
    { affects: AFFECTS, done: ({ count }) => `${counted(count, 'dead letter')} called back.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`Call back the replay in ${service}?`}
      verb="Call back"
      busy={command.busy}
      reason
      confirm={command.run}
    >
      <Text size="sm">What was not tried yet is dead again. What is being tried goes on.</Text>
    </Confirm>
  )
}
