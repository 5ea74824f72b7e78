import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { CopyId } from '~/components/CopyId'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import type { JobsSearch } from '~/searches'
import { jobLooks } from '~/status'
import { Lane } from '~/sync/Lane'
import { RequeueAll } from '~/sync/RequeueAll'
import { chosen } from '~/table/chosen'
import { Columns } from '~/table/Columns'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'
import { ViewBar } from '~/views/ViewBar'
import { kindWords, plain, recordWords } from '~/words'

type Job = Schema['JobView']

const records = Object.fromEntries(Object.entries(recordWords).map(([type, word]) => [type, { word }]))

const filters: readonly Filter<Omit<JobsSearch, 'columns'>>[] = [
  { kind: 'one', name: 'state', label: 'State', choices: jobLooks },
  { kind: 'one', name: 'record_type', label: 'Record', choices: records },
  { kind: 'text', name: 'error_code', label: 'Error code' },
  { kind: 'text', name: 'correlation_id', label: 'Correlation id' }
]

const columns: readonly Column<Job>[] = [
  {
    id: 'kind',
    head: 'Submission',
    width: '200px',
    cell: (job) => (
      <Go to="/sync/$recordType/$recordId" params={{ recordType: job.record_type, recordId: job.record_id }}>
        {kindWords[job.kind]}
      </Go>
    )
  },
  { id: 'state', head: 'State', width: '152px', cell: (job) => <Status look={jobLooks[job.state]} /> },
  { id: 'remote', head: 'TPGateway', width: '152px', cell: (job) => job.remote_ref ?? '–' },
  { id: 'why', head: 'What stands in the way', cell: why },
  { id: 'tries', head: 'Calls', width: '64px', right: true, cell: (job) => job.tries },
  { id: 'made', head: 'Made, SGT', width: '152px', cell: (job) => instantShort(job.created_at) },
  { id: 'due', head: 'Due', width: '88px', cell: (job) => (job.deadline_at ? <Moment at={job.deadline_at} /> : '–') },
  { id: 'id', head: 'Correlation', width: '136px', cell: (job) => <CopyId id={job.correlation_id} /> }
]

export function Page() {
  const search = useSearch({ from: '/shell/sync' })
  const { columns: shown, ...wanted } = search
  const navigate = useNavigate({ from: '/sync' })
  const jobs = queries.useInfiniteQuery('get', '/api/v1/sync/jobs', { params: { query: wanted } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const stuck = search.state === 'rejected' || search.state === 'dead_lettered'
  const set = (changed: Partial<JobsSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })
  return (
    <>
      <PageHeader title="Sync">
        {stuck && rowsOf(jobs.data).length > 0 && (
          <Can do="sync:requeue">
            <RequeueAll
              filter={{ state: search.state, record_type: search.record_type, error_code: search.error_code }}
            />
          </Can>
        )}
      </PageHeader>
      <Lane />
      <ViewBar list="sync_jobs" search={search}>
        <Columns of={columns} shown={shown} set={(next) => set({ columns: next })} />
      </ViewBar>
      <Filters filters={filters} search={wanted} set={set} />
      <DataTable
        label="Submissions"
        rows={rowsOf(jobs.data)}
        id={(job) => job.id}
        columns={chosen(columns, shown)}
        of={jobs}
        open={(job) =>
          void navigate({
            to: '/sync/$recordType/$recordId',
            params: { recordType: job.record_type, recordId: job.record_id }
          })
        }
        empty={
          <Empty>{filtered ? 'No submission matches these filters.' : 'Nothing has been owed to TPGateway yet.'}</Empty>
        }
      />
    </>
  )
}

/** The first reason of a refusal, else the error, else what it waits for. */
function why(job: Job): string {
  const [hint] = job.hints
  if (hint) return `${hint.field}: ${hint.message}`
  if (job.error_code)
    return [job.error_class, job.error_code]
      .filter(Boolean)
      .map((code) => plain(code!))
      .join(', ')
  return job.waits_for.map((wait) => `Waits for ${recordWords[wait.record_type].toLowerCase()}`).join(', ') || '–'
}
