import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Can, useMay } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Details } from '~/components/Details'
import { Empty } from '~/components/Empty'
import { Moment } from '~/components/Moment'
import { Properties } from '~/components/Properties'
import { Section } from '~/components/Section'
import { Status } from '~/components/Status'
import { levelLooks, obligationLooks, severityLooks } from '~/status'
import { venueName } from '~/planning/choices'
import { DataTable, type Column } from '~/table/DataTable'
import { day, days, instant } from '~/time'
import { modeWords, roleWords, vacancyWords } from '~/words'
import type { Schema } from '~/api/client'
import type { Run } from './actions'
import { Preflight } from './RunActions'
import styles from './runs.module.css'

type Duty = Schema['ObligationView']

const duties: readonly Column<Duty>[] = [
  { id: 'title', head: 'Duty', cell: (duty) => <span title={duty.consequence}>{duty.title}</span> },
  { id: 'level', head: 'Level', width: '144px', cell: (duty) => <Status look={levelLooks[duty.level]} /> },
  { id: 'state', head: 'State', width: '136px', cell: (duty) => <Status look={obligationLooks[duty.state]} /> },
  { id: 'due', head: 'Due', width: '104px', cell: (duty) => <Moment at={duty.due_at} /> }
]

/** Properties to the left; what must be mended, what is owed and what is odd to the right. */
export function Overview({ run }: { run: Run }) {
  return (
    <div className={styles.halves}>
      <Section title="Properties">
        <Stack gap={16}>
          <Properties of={properties(run)} />
          <Details of={run} also={[['Planned', `${instant(run.created_at)}, under policy ${run.policy_version}`]]} />
        </Stack>
      </Section>
      <div>
        {run.status === 'draft' && (
          <Can do="runs:write">
            <Section title="Before it is published">
              <div style={{ minHeight: 22 }}>
                <Preflight run={run} />
              </div>
            </Section>
          </Can>
        )}
        {run.sync.hints.length > 0 && <Hints run={run} />}
        {run.warnings.length > 0 && <Warnings run={run} />}
        <Can do="compliance:view">
          <Section title="What is owed for it">
            <Duties run={run} />
          </Section>
        </Can>
      </div>
    </div>
  )
}

function properties(run: Run) {
  return [
    ['Course', `${run.course_title} · ${run.course_reference}`],
    ['Dates', days(run.start_on, run.end_on)],
    ['Registration', days(run.registration_opens_on, run.registration_closes_on)],
    ['Mode of training', modeWords[run.mode_of_training]],
    ['Room', run.venue_id === null ? null : <Room key="room" id={run.venue_id} />],
    ['Schedule', run.schedule_info],
    ['Seats', `${run.registered_count} taken of ${run.intake_size}, ${run.threshold} extra, at least ${run.min_pax}`],
    ['Vacancy', vacancyWords[run.vacancy]],
    ['People', run.trainers.map(({ name, roles }) => `${name} (${roleWords(roles)})`).join(', ')],
    ['Contact', run.admin_email],
    ['TPGateway', run.sync.remote_id ? `Run ${run.sync.remote_id}` : 'Not there yet'],
    ['Acknowledged', run.sync.acked_at ? instant(run.sync.acked_at) : null],
    ['Reason for cancelling', run.cancel_reason]
  ].filter(([name, value]) => value !== null || name !== 'Reason for cancelling') as [string, ReactNode][]
}

function Room({ id }: { id: string }) {
  const path = { venue_id: id }
  const room = queries.useQuery(
    'get',
    '/api/v1/venues/{venue_id}',
    { params: { path } },
    { enabled: useMay()('courses:view') }
  )
  const name = room.data === undefined ? '–' : venueName(room.data)
  // One line before and after it is known, and no wider than its column: nothing below it moves.
  return (
    <Text
      span
      inherit
      truncate
      display="block"
      w={0}
      miw="100%"
      title={name}
      data-reading={room.isLoading || undefined}
    >
      {name}
    </Text>
  )
}

/** Why TPGateway refused it, in its fields. */
function Hints({ run }: { run: Run }) {
  return (
    <Section title="Why TPGateway refused it">
      <ul className={styles.findings} aria-label="Reasons">
        {run.sync.hints.map(({ field, code, message, fix }) => (
          <li key={`${field} ${code}`}>
            <Status look={severityLooks.block} />
            <div>
              <b>{field}</b> {message} <span className="dimmed">{fix}</span>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Warnings({ run }: { run: Run }) {
  function about(trainerId?: string | null, sessionId?: string | null): string | undefined {
    const session = run.sessions.find(({ id }) => id === sessionId)
    if (session !== undefined) return `Session ${session.sequence}:`
    const person = run.trainers.find(({ trainer_id }) => trainer_id === trainerId)
    return person === undefined ? undefined : `${person.name}:`
  }
  return (
    <Section title="Worth a look">
      <ul className={styles.findings} aria-label="Worth a look">
        {run.warnings.map(({ code, message, trainer_id, session_id }) => (
          <li key={`${code} ${trainer_id} ${session_id}`}>
            <Status look={severityLooks.warn} />
            <div>
              <b>{about(trainer_id, session_id)}</b> {message}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Duties({ run }: { run: Run }) {
  const query = { run_id: run.id }
  const owed = queries.useInfiniteQuery('get', '/api/v1/compliance/obligations', { params: { query } }, paged)
  return (
    <DataTable
      label="Duties of this run"
      rows={rowsOf(owed.data)}
      id={(duty) => duty.id}
      columns={duties}
      of={owed}
      empty={<Empty>{`Nothing is owed for this run now. It ends on ${day(run.end_on)}.`}</Empty>}
    />
  )
}
