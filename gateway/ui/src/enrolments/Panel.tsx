import { Stack, Title } from '@mantine/core'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { enrolmentLooks, feeLooks, syncLooks } from '~/status'
import { day, instant } from '~/time'
import { Actions } from './Actions'
import type { Detail } from './moves'
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
      <Properties of={place(record)} />
      <Fees of={record} />
      <Progress of={record} />
      <Sync of={record} />
      <Title order={3} size="md">
        Details
      </Title>
      <Properties
        of={[
          ['Last changed', instant(record.updated_at)],
          ['Correlation id', <CopyId key="id" id={record.correlation_id} whole />]
        ]}
      />
    </Stack>
  )
}

function place(record: Detail): ReadonlyArray<readonly [string, React.ReactNode]> {
  const queued = record.queue_place === null ? undefined : `place ${record.queue_place}`
  return [
    ['ID', record.trainee_id_number],
    ['Status', <Status key="status" look={enrolmentLooks[record.status]} note={queued} />],
    ...(record.offer_ends_at ? [['Offer ends', instant(record.offer_ends_at)] as const] : []),
    [
      'Run',
      <Go key="run" to="/runs/$runId" params={{ runId: record.run_id }}>
        {record.course_reference}, {day(record.start_on)}
      </Go>
    ],
    ['Enrolled', day(record.enrolled_on)],
    ['Paid by', record.sponsorship === 'EMPLOYER' ? 'Employer' : 'Individual'],
    ['Why it ended', record.end_reason],
    ['Rule set aside', record.override_reason]
  ]
}

function Fees({ of: { fees, fee_status } }: { of: Detail }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Fees
      </Title>
      <Properties
        of={[
          ['Collection', <Status key="fee" look={feeLooks[fee_status]} />],
          ...(fees === null
            ? []
            : ([
                ['Full fee', money(fees.full_fee)],
                ['Nett fee', money(fees.nett_fee)],
                ['Paid', money(fees.paid)],
                ['Outstanding', money(fees.outstanding)],
                ['Refund due', money(fees.refund_due)],
                ['Due', fees.due_on ? day(fees.due_on) : null]
              ] as const))
        ]}
      />
    </section>
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

/** Singapore dollars as the API tells them, with its cents. */
function money(amount: string | number): string {
  return `S$${Number(amount).toFixed(2)}`
}
