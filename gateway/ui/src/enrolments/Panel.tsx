import { Stack, Title } from '@mantine/core'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { Details } from '~/components/Details'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { enrolmentLooks, syncLooks } from '~/status'
import { day, instant } from '~/time'
import { Actions } from './Actions'
import { Fees } from './Fees'
import type { Detail } from './moves'
import { Payer } from './Payer'
import { Preflight } from './Preflight'
import { Progress } from './Progress'

/** One enrolment beside the list: person, place, fees, attendance and results, and how TPGateway holds it. */
export function Panel({ id, show }: { id: string; show: (id: string) => void }) {
  const params = { path: { enrolment_id: id } }
  const enrolment = queries.useQuery('get', '/api/v1/enrolments/{enrolment_id}', { params })
  return <Loaded of={enrolment}>{(record) => <Shown of={record} show={show} />}</Loaded>
}

function Shown({ of: record, show }: { of: Detail; show: (id: string) => void }) {
  return (
    <Stack gap={16}>
      <Title order={2}>{record.trainee_name}</Title>
      <Actions of={record} show={show} />
      {record.warnings.map((warning) => (
        <div key={warning.run_id} className="panel">
          {warning.message}
        </div>
      ))}
      <Preflight of={record} />
      <Properties of={place(record, show)} />
      <Fees of={record} />
      <Progress of={record} />
      <Sync of={record} />
      <Details of={record} />
    </Stack>
  )
}

function place(record: Detail, show: (id: string) => void): ReadonlyArray<readonly [string, React.ReactNode]> {
  const queued = record.queue_place === null ? undefined : `place ${record.queue_place}`
  return [
    [
      'Trainee',
      <Go key="trainee" to="/trainees/$traineeId" params={{ traineeId: record.trainee_id }}>
        {record.trainee_id_number}
      </Go>
    ],
    ['Status', <Status key="status" look={enrolmentLooks[record.status]} note={queued} />],
    ...(record.offer_ends_at ? [['Offer ends', instant(record.offer_ends_at)] as const] : []),
    [
      'Run',
      <Go key="run" to="/runs/$runId" params={{ runId: record.run_id }}>
        {record.course_reference}, {day(record.start_on)}
      </Go>
    ],
    ['Enrolled', day(record.enrolled_on)],
    ['Paid by', <Payer key="payer" of={record} show={show} />],
    ...(record.replaces ? [['In place of', link(record.replaces, 'An earlier enrolment')] as const] : []),
    ...(record.transferred_from ? [['Came from', link(record.transferred_from, 'Another run')] as const] : []),
    ...(record.successor_id ? [['Goes on as', link(record.successor_id, 'Another enrolment')] as const] : []),
    ['Why it ended', record.end_reason],
    ['Rule set aside', record.override_reason]
  ]
}

function link(id: string, word: string) {
  return (
    <Go key={id} to="/enrolments" search={{ open: id }}>
      {word}
    </Go>
  )
}

function Sync({ of: record }: { of: Detail }) {
  const open = useMay()('sync:view')
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        TPGateway
      </Title>
      <Properties
        of={[
          ['Enrolment', <Status key="sync" look={syncLooks[record.sync.state]} />],
          ['Fee', <Status key="fee" look={syncLooks[record.fee_sync.state]} />],
          ['Reference', record.remote_id],
          ...record.sync.hints.map((hint) => [hint.field, `${hint.message} ${hint.fix}`] as const)
        ]}
      />
      {open && (
        <Go to="/sync/$recordType/$recordId" params={{ recordType: 'enrolment', recordId: record.id }}>
          Timeline
        </Go>
      )}
    </section>
  )
}
