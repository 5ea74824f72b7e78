import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { download, keep } from '~/api/download'
import { paged, rowsOf } from '~/api/pages'
import { Confirm } from '~/components/Confirm'
import { CopyId } from '~/components/CopyId'
import { Empty } from '~/components/Empty'
import { Failure } from '~/components/Failure'
import { Go } from '~/components/links'
import { Waiting } from '~/components/Loaded'
import { Section } from '~/components/Section'
import { Status } from '~/components/Status'
import { certificateLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day } from '~/time'
import { AFFECTS } from './Actions'
import { Trainee, useTrainee } from './Trainee'

type Certificate = Schema['CertificateView']
type Outcome = Schema['OutcomeView']

const columns: readonly Column<Certificate>[] = [
  { id: 'name', head: 'Trainee', cell: (row) => <Trainee of={row} /> },
  {
    id: 'code',
    head: 'Code',
    width: '248px',
    cell: (row) => (
      <Group gap={8} wrap="nowrap">
        <CopyId id={row.code} label="certificate code" whole />
      </Group>
    )
  },
  { id: 'status', head: 'Status', width: '120px', cell: (row) => <Status look={certificateLooks[row.status]} /> },
  { id: 'issued', head: 'Issued', width: '112px', cell: (row) => day(row.issued_on) },
  { id: 'synced', head: 'Results at TPGateway', width: '168px', cell: (row) => (row.synced ? 'All' : 'Not all yet') },
  {
    id: 'actions',
    head: 'Certificate',
    width: '296px',
    cell: (row) => (
      <Group gap={4}>
        <Can do="certificates:issue">
          <PdfButton of={row} />
          {row.status === 'valid' && <RevokeButton of={row} />}
        </Can>
        <Go to="/verify/$code" params={{ code: row.code }}>
          Verification
        </Go>
      </Group>
    )
  }
]

/** What was certified for this run, and who has passed without a certificate. */
export function Certificates({ runId }: { runId: string }) {
  const query = { run_id: runId }
  const issued = queries.useInfiniteQuery('get', '/api/v1/assessments/certificates', { params: { query } }, paged)
  const params = { query: { run_id: runId, limit: 200 } }
  const outcomes = queries.useQuery('get', '/api/v1/assessments/outcomes', { params })
  if (outcomes.isPending) return <Waiting />
  const open = outcomes.data?.items.filter(({ passed, certificate_id }) => passed && certificate_id === null) ?? []
  return (
    <>
      {outcomes.error !== null && <Failure error={outcomes.error} again={() => void outcomes.refetch()} />}
      {open.length > 0 && (
        <Section title="Passed, without a certificate">
          {open.map((outcome) => (
            <Group key={outcome.enrolment_id} gap={12} mb={4}>
              <Can do="certificates:issue">
                <IssueButton of={outcome} />
              </Can>
              <Trainee of={outcome} />
            </Group>
          ))}
        </Section>
      )}
      <DataTable
        label="Certificates"
        rows={rowsOf(issued.data)}
        id={(row) => row.id}
        columns={columns}
        of={issued}
        empty={<Empty>No certificate yet. One is issued by itself when somebody has passed everything.</Empty>}
      />
    </>
  )
}

function IssueButton({ of: outcome }: { of: Outcome }) {
  const { name } = useTrainee(outcome)
  const issue = useCommand(
    (_: void, headers) =>
      api.POST('/api/v1/assessments/certificates', { body: { enrolment_id: outcome.enrolment_id }, headers }),
    { affects: AFFECTS, done: () => `The certificate of ${name} is issued.` }
  )
  return (
    <Button size="xs" variant="default" loading={issue.busy} onClick={() => void issue.run()}>
      Issue certificate
    </Button>
  )
}

function PdfButton({ of: certificate }: { of: Certificate }) {
  const { name } = useTrainee(certificate)
  const print = useCommand(
    (_: void, headers) =>
      download(
        api.GET('/api/v1/assessments/certificates/{certificate_id}/pdf', {
          params: { path: { certificate_id: certificate.id } },
          headers,
          parseAs: 'blob'
        })
      ),
    // oxlint-disable-next-line unicorn/no-thenable
    { affects: [], done: () => `The certificate of ${name} is downloaded.`, then: keep }
  )
  return (
    <Button size="xs" variant="default" loading={print.busy} onClick={() => void print.run()}>
      Download PDF
    </Button>
  )
}

function RevokeButton({ of: certificate }: { of: Certificate }) {
  const [asked, ask] = useState(false)
  const { name } = useTrainee(certificate)
  const revoke = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/assessments/certificates/{certificate_id}/revoke', {
        params: { path: { certificate_id: certificate.id }, header: ifMatch(certificate) },
        body: { reason },
        headers
      }),
    { affects: AFFECTS, done: () => `The certificate of ${name} is revoked.` }
  )
  return (
    <>
      <Button size="xs" variant="default" onClick={() => ask(true)}>
        Revoke
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title={`Revoke the certificate of ${name}?`}
        verb="Revoke certificate"
        destructive
        busy={revoke.busy}
        reason
        confirm={revoke.run}
      >
        Whoever asks about its code is told so from now on. The results stay.
      </Confirm>
    </>
  )
}
