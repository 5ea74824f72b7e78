import { Group, Text } from '@mantine/core'
import { queries, type Schema } from '~/api/client'
import { Problem } from '~/api/problem'
import { CopyId } from '~/components/CopyId'
import { Empty } from '~/components/Empty'
import { Loaded } from '~/components/Loaded'
import { Status } from '~/components/Status'
import { TraceLink } from '~/components/TraceLink'
import { jobLooks } from '~/status'
import { instant, instantExact, relative } from '~/time'
import { kindWords } from '~/words'
import { JobActions } from './JobActions'
import { stepsOf, type Step } from './steps'
import styles from './Timeline.module.css'

const NOT_FOUND = 404

/** Everything done to bring one record to TPGateway, oldest first, and what comes next. */
export function Timeline({ recordType, recordId }: { recordType: Schema['RecordType']; recordId: string }) {
  const timeline = queries.useQuery(
    'get',
    '/api/v1/sync/records/{record_type}/{record_id}',
    { params: { path: { record_type: recordType, record_id: recordId } } },
    { retry: false }
  )
  if ((timeline.error as unknown) instanceof Problem && timeline.error?.status === NOT_FOUND) {
    return <Empty>Nothing about this record was ever owed to TPGateway.</Empty>
  }
  return (
    <Loaded of={timeline}>
      {(data) => (
        <>
          <Head of={data} />
          <ol className={styles.steps} aria-label="Steps">
            {stepsOf(data).map((step) => (
              <Point key={`${step.at} ${step.title}`} step={step} />
            ))}
          </ol>
        </>
      )}
    </Loaded>
  )
}

/** How the record stands, and the way out for what waits for a person. */
function Head({ of: { record, jobs } }: { of: Schema['TimelineView'] }) {
  const last = jobs.at(-1)
  return (
    <Group mb={16} gap={12}>
      <Text size="sm" c="dimmed">
        {record.remote_id === null ? 'Not at TPGateway yet' : `TPGateway calls it ${record.remote_id}`}
        {record.acked_at && ` · acknowledged ${instant(record.acked_at)}, revision ${record.acked_revision}`}
        {last?.deadline_at &&
          last.finished_at === null &&
          ` · due ${instant(last.deadline_at)} (${relative(last.deadline_at)})`}
      </Text>
      {last && (
        <>
          <Status look={jobLooks[last.state]} note={kindWords[last.kind].toLowerCase()} />
          <JobActions job={last} />
        </>
      )}
    </Group>
  )
}

function Point({ step }: { step: Step }) {
  return (
    <li className={styles.step} data-tone={step.tone} data-ahead={step.ahead}>
      <div className={styles.title}>{step.title}</div>
      {step.detail && <div>{step.detail}</div>}
      <Group gap={8} className="dimmed">
        <span>{[`${instantExact(step.at)} SGT`, ...step.facts].join(' · ')}</span>
        {step.correlationId && <CopyId id={step.correlationId} />}
        <TraceLink id={step.traceId}>Trace</TraceLink>
      </Group>
    </li>
  )
}
