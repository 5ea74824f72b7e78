import { Button, Stack, Text, Title } from '@mantine/core'
import { Download } from 'lucide-react'
import { api, queries } from '~/api/client'
import { useCommand } from '~/api/command'
import { keepJson } from '~/api/download'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { TraceLink } from '~/components/TraceLink'
import { instantExact } from '~/time'
import { plain } from '~/words'
import { Actor } from './Actor'
import { Changes } from './Changes'
import { Subject } from './Subject'
import { changesOf, type EntryDetail } from './words'
import styles from './audit.module.css'

/** One entry: who did what to what and why, what changed, and its place in the chain with the proof of it. */
export function EntryPanel({ seq }: { seq: number }) {
  const entry = queries.useQuery('get', '/api/v1/audit/entries/{seq}', { params: { path: { seq } } })
  return <Loaded of={entry}>{(data) => <Shown of={data} />}</Loaded>
}

function Shown({ of: entry }: { of: EntryDetail }) {
  const changes = changesOf(entry)
  return (
    <Stack gap={16}>
      <Title order={2}>{plain(entry.action)}</Title>
      <Properties
        of={[
          ['Happened', `${instantExact(entry.happened_at)} SGT`],
          ['By', <Actor key="who" id={entry.actor_id} role={entry.actor_role} />],
          ['Record', <Subject key="what" type={entry.subject_type} id={entry.subject_id} />],
          ['Reason', entry.reason]
        ]}
      />
      {changes.length > 0 ? (
        <Changes of={changes} />
      ) : (
        <Text size="sm" c="dimmed">
          No field with a value that may be kept here changed; personal values never stand in the log.
        </Text>
      )}
      <Title order={3} size="md">
        Place in the chain
      </Title>
      <Properties
        of={[
          ['Entry', `${entry.seq}, told by ${entry.service}`],
          ['Recorded', `${instantExact(entry.recorded_at)} SGT`],
          ['Hash', <Hash key="hash" of={entry.hash} name="hash" />],
          ['Hash before', <Hash key="previous" of={entry.prev_hash} name="hash before" />],
          [
            'Correlation id',
            <span key="correlation">
              <CopyId id={entry.correlation_id} whole />{' '}
              <Go to="/ids/$id" params={{ id: entry.correlation_id }}>
                Everything with this id
              </Go>
            </span>
          ],
          ['Caused by', entry.causation_id && <CopyId key="cause" id={entry.causation_id} label="event id" whole />],
          ['Event', <CopyId key="event" id={entry.event_id} label="event id" whole />],
          ['Trace', entry.trace_id && <Trace key="trace" id={entry.trace_id} />]
        ]}
      />
      <div>
        <ProofButton seq={entry.seq} />
      </div>
      <details>
        <summary>The event as it was told</summary>
        <pre className={styles.event}>{JSON.stringify(JSON.parse(entry.body), null, 2)}</pre>
      </details>
    </Stack>
  )
}

function Hash({ of: hash, name }: { of: string; name: string }) {
  return (
    <span className={styles.hash}>
      <CopyId id={hash} label={name} />
    </span>
  )
}

function Trace({ id }: { id: string }) {
  return (
    <>
      <CopyId id={id} label="trace id" /> <TraceLink id={id} />
    </>
  )
}

/** The path from this entry to a signed root: with the public key, all an outsider needs. */
function ProofButton({ seq }: { seq: number }) {
  const prove = useCommand(() => api.GET('/api/v1/audit/entries/{seq}/proof', { params: { path: { seq } } }), {
    affects: [],
    done: (proof) => `The proof that entry ${proof.seq} stands in the log is downloaded.`,
    // oxlint-disable-next-line unicorn/no-thenable
    then: (proof) => keepJson(`audit-proof-${proof.seq}.json`, proof)
  })
  return (
    <Button
      variant="default"
      loading={prove.busy}
      leftSection={<Download size={14} aria-hidden />}
      onClick={() => void prove.run(undefined)}
    >
      Download proof
    </Button>
  )
}
