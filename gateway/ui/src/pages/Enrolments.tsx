import '@mantine/dates/styles.css'
import { Drawer } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { Panel } from '~/enrolments/Panel'
import { Place } from '~/enrolments/Place'
import { Views } from '~/enrolments/Views'
import type { EnrolmentsSearch } from '~/routes'
import { enrolmentLooks, feeLooks, syncLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayShort } from '~/time'

type Row = Schema['EnrolmentSummary']

const PAGE = 200
const payers = { EMPLOYER: { word: 'Employer' }, INDIVIDUAL: { word: 'Individual' } }

const filters: readonly Filter<Omit<EnrolmentsSearch, 'open'>>[] = [
  { kind: 'text', name: 'remote_id', label: 'TPGateway reference' },
  { kind: 'many', name: 'status', label: 'Status', choices: enrolmentLooks },
  { kind: 'many', name: 'fee_status', label: 'Fee', choices: feeLooks },
  { kind: 'many', name: 'sync_state', label: 'Sync', choices: syncLooks },
  { kind: 'one', name: 'sponsorship', label: 'Paid by', choices: payers },
  { kind: 'days', from: 'from_on', to: 'to_on', label: 'Enrolled' }
]

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    head: 'Trainee',
    cell: (row) => (
      <Go from="/enrolments" to="/enrolments" search={(old) => ({ ...old, open: row.id })}>
        {row.trainee_name}
      </Go>
    )
  },
  { id: 'number', head: 'ID', width: '104px', cell: (row) => row.trainee_id_number },
  {
    id: 'run',
    head: 'Run',
    width: '200px',
    cell: (row) => (
      <Go to="/runs/$runId" params={{ runId: row.run_id }}>
        {row.course_reference}, {dayShort(row.start_on)}
      </Go>
    )
  },
  { id: 'status', head: 'Status', width: '232px', cell: (row) => <Place of={row} /> },
  { id: 'payer', head: 'Paid by', width: '96px', cell: (row) => payers[row.sponsorship].word },
  { id: 'fee', head: 'Fee', width: '128px', cell: (row) => <Status look={feeLooks[row.fee_status]} /> },
  { id: 'sync', head: 'Sync', width: '136px', cell: (row) => <Status look={syncLooks[row.sync_state]} /> },
  { id: 'enrolled', head: 'Enrolled', width: '104px', cell: (row) => day(row.enrolled_on) }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/enrolments' })
  const navigate = useNavigate({ from: '/enrolments' })
  const query = { ...wanted, limit: PAGE }
  const places = queries.useInfiniteQuery('get', '/api/v1/enrolments', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Enrolments" />
      <Views search={wanted} />
      <Filters
        filters={filters}
        search={wanted}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Enrolments"
        rows={rowsOf(places.data)}
        id={(row) => row.id}
        columns={columns}
        of={places}
        open={(row) => show(row.id)}
        empty={<Empty>{filtered ? 'No enrolment matches these filters.' : 'Nobody is enrolled yet.'}</Empty>}
      />
      <Drawer
        opened={open !== undefined}
        onClose={() => show(undefined)}
        position="right"
        size={560}
        title="Enrolment"
        // The page has a banner already; the panel's head is not another.
        attributes={{ header: { role: 'none' } }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {open !== undefined && <Panel id={open} show={show} />}
      </Drawer>
    </>
  )
}
