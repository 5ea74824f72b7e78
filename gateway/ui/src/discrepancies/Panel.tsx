import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Moment } from '~/components/Moment'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { discrepancyLooks, verdictLooks } from '~/status'
import { instant } from '~/time'
import { plain, recordWords } from '~/words'
import { actionWords, copiesOf, discrepancyName, type Discrepancy } from './codes'
import styles from './discrepancies.module.css'
import { Repair } from './Repair'

/** One disagreement beside the list: three copies, what is known of it, and what may be done. */
export function Panel({ id }: { id: string }) {
  const params = { path: { discrepancy_id: id } }
  const found = queries.useQuery('get', '/api/v1/sync/discrepancies/{discrepancy_id}', { params })
  return <Loaded of={found}>{(row) => <Shown of={row} />}</Loaded>
}

function Shown({ of: row }: { of: Discrepancy }) {
  return (
    <Stack gap={16}>
      <div>
        <Title order={2}>{discrepancyName(row)}</Title>
        <Group gap={12} mt={4}>
          <Status look={verdictLooks[row.verdict]} />
          <Status look={discrepancyLooks[row.state]} />
          <span className="dimmed">{row.code}</span>
        </Group>
      </div>
      <Text size="sm">{verdictLooks[row.verdict].help}</Text>
      <Copies of={row} />
      {row.refusal && (
        <Text size="sm" c="var(--bad-text)">
          The last repair did not work: {plain(row.refusal).toLowerCase()}.
        </Text>
      )}
      <Can do="sync:repair">{row.state !== 'resolved' && <Decision key={row.version} of={row} />}</Can>
      <Properties of={properties(row)} />
    </Stack>
  )
}

/** While it is being mended there is nothing to decide, unless the repair got stuck. */
function Decision({ of: row }: { of: Discrepancy }) {
  const [anew, decide] = useState(false)
  if (row.state !== 'assigned' || row.job_id === null || anew) return <Repair of={row} />
  return (
    <Group gap={12}>
      <Text size="sm">It is being mended; the next comparison says whether that helped.</Text>
      <Button size="xs" variant="default" onClick={() => decide(true)}>
        Decide anew
      </Button>
    </Group>
  )
}

/** Values stay where they are; keyed digests say which of the copies are the same. */
function Copies({ of: row }: { of: Discrepancy }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Three copies compared
      </Title>
      <table className={styles.copies}>
        <thead>
          <tr>
            <th scope="col">Copy</th>
            <th scope="col">Content</th>
            <th scope="col">Compared</th>
          </tr>
        </thead>
        <tbody>
          {copiesOf(row).map(({ name, digest, same }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{digest === '' ? 'Nothing' : <CopyId id={digest} label={`digest: ${name.toLowerCase()}`} />}</td>
              <td>{same.length > 0 ? `The same as ${same.join(' and ')}` : digest === '' ? '–' : 'Of its own'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {row.fields.length > 0 && (
        <Text size="sm" mt={8}>
          Differs in <b>{row.fields.join(', ')}</b>. No values are kept here; the preview of a repair shows ours,
          masked.
        </Text>
      )}
    </section>
  )
}

function properties(row: Discrepancy) {
  return [
    ['Record', <Record key="record" of={row} />],
    ['Run', row.run_id ? <RunLink key="run" id={row.run_id} /> : null],
    ['TPGateway calls it', row.remote_ref],
    ['First seen', <Moment key="first" at={row.first_seen_at} words={instant} />],
    ['Last seen', <Moment key="last" at={row.last_seen_at} words={instant} />],
    ['Endangers', row.deadline_at ? <Moment key="due" at={row.deadline_at} words={instant} /> : null],
    ['Decided', row.resolution ? actionWords[row.resolution].verb : null],
    ['Reason', row.reason],
    ['Waits for a second person', row.requested_by && !row.approved_by && !row.resolution ? 'Yes' : null],
    ['Resolved', row.resolved_at ? <Moment key="resolved" at={row.resolved_at} words={instant} /> : null]
  ].filter(([, value]) => value !== null) as [string, React.ReactNode][]
}

function Record({ of: row }: { of: Discrepancy }) {
  if (row.record_id === null) return `${recordWords[row.record_type]}, not ours`
  return (
    <Go to="/sync/$recordType/$recordId" params={{ recordType: row.record_type, recordId: row.record_id }}>
      {recordWords[row.record_type]}: its way to TPGateway
    </Go>
  )
}
