import { Group, Stack, Text, Title } from '@mantine/core'
import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { markLooks, syncLooks } from '~/status'
import { instant, instantExact } from '~/time'
import { plain } from '~/words'
import styles from './attendance.module.css'
import { letterLooks, letterOf } from './looks'
import { MarkActions } from './MarkActions'
import { conflictWords, methodWords } from './words'

type Detail = Schema['MarkDetail']
type Revision = Detail['revisions'][number]

/** One mark: how it stands, what can be done with it, everything that became of it, and how TPGateway holds it. */
export function MarkPanel({ id, name, locked }: { id: string; name: string; locked: boolean }) {
  const params = { path: { attendance_id: id } }
  const mark = queries.useQuery('get', '/api/v1/attendance/{attendance_id}', { params })
  return (
    <Loaded of={mark}>
      {(detail) => (
        <Stack gap={16}>
          <Title order={2}>{name}</Title>
          <MarkActions of={detail} name={name} locked={locked} />
          <Properties of={standing(detail)} />
          <Revisions of={detail.revisions} />
          <Sync of={detail} />
        </Stack>
      )}
    </Loaded>
  )
}

function standing(detail: Detail) {
  const conflict = detail.conflict === null ? null : (conflictWords[detail.conflict] ?? detail.conflict)
  const judged = detail.state === 'present' || detail.state === 'absent'
  const look = judged ? letterLooks[letterOf(detail)] : markLooks[detail.state]
  return (
    [
      ['Session', `${detail.session_sequence}, ${instant(detail.session_start_at)}`],
      ['Mark', <Status key="mark" look={look} />],
      ['How', detail.method && methodWords[detail.method]],
      ['Credited', detail.state === 'present' ? `${detail.minutes_credited} min` : null],
      ['Checked in', detail.checked_in_at && instant(detail.checked_in_at)],
      ['Official scan', detail.scanned_at && instant(detail.scanned_at)],
      ['Needs a look', conflict],
      ['Reason', detail.reason],
      ['Proof', detail.evidence]
    ] as const
  ).filter(([, value]) => value !== null)
}

/** The last first. */
function Revisions({ of: revisions }: { of: readonly Revision[] }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        History
      </Title>
      {revisions.length === 0 && <Text c="dimmed">Nobody has judged it yet.</Text>}
      <ol className={styles.revisions} aria-label="Revisions">
        {revisions
          .toSorted((a, b) => b.number - a.number)
          .map((revision) => (
            <li key={revision.number}>
              <Group justify="space-between" gap={8}>
                <Status look={letterLooks[letterOf(revision)]} />
                <span className="dimmed">revision {revision.number}</span>
              </Group>
              <div>
                {plain(revision.action.replace(/^attendance\./, ''))}
                {revision.method && `, ${methodWords[revision.method].toLowerCase()}`}
                {revision.state === 'present' && `, ${revision.minutes_credited} min`}
              </div>
              {revision.reason && <div>Reason: {revision.reason}</div>}
              {revision.evidence && <div>Proof: {revision.evidence}</div>}
              <Group gap={8} className="dimmed">
                <span>
                  {plain(revision.actor_role)} · {instantExact(revision.made_at)} SGT
                  {laterWords(revision)}
                </span>
                <CopyId id={revision.actor_id} label="id of who made it" />
              </Group>
            </li>
          ))}
      </ol>
    </section>
  )
}

/** A mark made without a network arrives later than it was made. */
function laterWords({ made_at, recorded_at }: Revision): string {
  const late = Date.parse(recorded_at) - Date.parse(made_at)
  return late < 60_000 ? '' : ` · recorded ${instantExact(recorded_at)}`
}

function Sync({ of: { id, sync } }: { of: Detail }) {
  const open = useMay()('sync:view')
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        TPGateway
      </Title>
      <Properties
        of={[
          ['State', <Status key="sync" look={syncLooks[sync.state]} />],
          ['Acknowledged', sync.acked_at && instant(sync.acked_at)],
          ...sync.hints.map((hint) => [hint.field, `${hint.message} ${hint.fix}`] as const)
        ]}
      />
      {open && sync.state !== 'not_applicable' && (
        <Go to="/sync/$recordType/$recordId" params={{ recordType: 'attendance', recordId: id }}>
          Timeline
        </Go>
      )}
    </section>
  )
}
