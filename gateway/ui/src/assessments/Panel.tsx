import { Stack, Text, Title } from '@mantine/core'
import { queries, type Schema } from '~/api/client'
import { Actor } from '~/audit/Actor'
import { Details } from '~/components/Details'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { useMay } from '~/access'
import { SidePanel } from '~/components/SidePanel'
import { assessmentLooks, resultLooks, severityLooks, syncLooks } from '~/status'
import { day, instant } from '~/time'
import { plain } from '~/words'
import { Actions } from './Actions'
import type { Detail } from './moves'
import { Proposal } from './Proposal'
import { useTrainee } from './Trainee'

type Shown = { id: string | undefined; show: (id: string | undefined) => void }

/** One assessment beside the list: the result, what waits for a second person, what was, and how TPGateway holds it. */
export function Panel({ id, show }: Shown) {
  return (
    <SidePanel title="Assessment" opened={id !== undefined} close={() => show(undefined)}>
      {id !== undefined && <Content id={id} show={show} />}
    </SidePanel>
  )
}

function Content({ id, show }: { id: string; show: Shown['show'] }) {
  const params = { path: { assessment_id: id } }
  const assessment = queries.useQuery('get', '/api/v1/assessments/{assessment_id}', { params })
  return <Loaded of={assessment}>{(record) => <Whole of={record} show={show} />}</Loaded>
}

function Whole({ of: record, show }: { of: Detail; show: Shown['show'] }) {
  const { name, pending } = useTrainee(record)
  return (
    <Stack gap={16}>
      <Title order={2} data-reading={pending || undefined}>
        {name}
      </Title>
      <Actions key={`${record.id} ${record.version}`} of={record} show={show} />
      {record.open_proposal !== null && <Proposal of={record} proposal={record.open_proposal} />}
      <Notices of={record} />
      <Properties of={result(record)} />
      <History of={record} />
      <Sync of={record} />
      <Details
        of={record}
        also={[
          ['Entered', instant(record.created_at)],
          ['Judged by', `rule ${record.rule_number}`]
        ]}
      />
    </Stack>
  )
}

function result(record: Detail): ReadonlyArray<readonly [string, React.ReactNode]> {
  const unseen = record.erased ? 'Erased with the person' : record.status === 'draft' ? null : 'Not for your role'
  return [
    [
      'Run',
      <Go key="run" to="/assessments/runs/$runId" params={{ runId: record.run_id }}>
        {record.course_reference}
      </Go>
    ],
    ['Skill', record.skill_code ?? 'Course as a whole'],
    ['Attempt', record.attempt],
    ['Status', <Status key="status" look={assessmentLooks[record.status]} />],
    ['Result', record.result === null ? unseen : <Status key="result" look={resultLooks[record.result]} />],
    ['Score', record.score],
    ['Grade', record.grade],
    ['Assessed on', day(record.assessed_on)],
    ['Amendable alone until', record.amendable_until && day(record.amendable_until)],
    ...record.overrides.map((each) => [plain(each.rule), `set aside: ${each.reason}`] as const),
    ...(record.void_reason === null ? [] : [['Voided because', record.void_reason] as const])
  ]
}

function Notices({ of: record }: { of: Detail }) {
  if (record.warnings.length === 0) return null
  return (
    <ul aria-label="Worth a look" style={{ margin: 0, padding: 0, listStyle: 'none' }}>
      {record.warnings.map(({ code, message, blocks }) => (
        <li key={code}>
          <Status look={severityLooks[blocks ? 'block' : 'warn']} /> {message}
        </li>
      ))}
    </ul>
  )
}

/** What the result said at each revision. */
function History({ of: record }: { of: Detail }) {
  const params = { path: { assessment_id: record.id } }
  const revisions = queries.useQuery('get', '/api/v1/assessments/{assessment_id}/history', { params })
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        History
      </Title>
      <Loaded of={revisions}>
        {(data) =>
          data.length === 0 ? (
            <Text size="sm" c="dimmed">
              It is a draft: nothing has stood yet.
            </Text>
          ) : (
            <Properties
              of={data.map((each) => [`Revision ${each.number}`, <Revision key={each.number} of={each} />])}
            />
          )
        }
      </Loaded>
    </section>
  )
}

function Revision({ of: revision }: { of: Schema['AssessmentRevisionView'] }) {
  const words = [revision.result && resultLooks[revision.result].word, revision.score, revision.grade]
  return (
    <>
      {plain(revision.kind)} {instant(revision.made_at)} by <Actor id={revision.made_by} role={revision.made_as} />
      {words.some((word) => word !== null) && `: ${words.filter((word) => word !== null).join(', ')}`}
      {revision.reason !== null && ` (${revision.reason})`}
    </>
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
          ['Sync', <Status key="sync" look={syncLooks[record.sync.state]} />],
          ['Reference', record.remote_id],
          ...record.sync.hints.map((hint) => [hint.field, `${hint.message} ${hint.fix}`] as const)
        ]}
      />
      {open && record.status !== 'draft' && (
        <Go to="/sync/$recordType/$recordId" params={{ recordType: 'assessment', recordId: record.id }}>
          Timeline
        </Go>
      )}
    </section>
  )
}
