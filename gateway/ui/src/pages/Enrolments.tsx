import '@mantine/dates/styles.css'
import { useState } from 'react'
import { Can, useMay } from '~/access'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go, GoButton } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import { BulkBar, type Chosen } from '~/enrolments/bulk/BulkBar'
import { Panel } from '~/enrolments/Panel'
import { Place } from '~/enrolments/Place'
import { Views } from '~/enrolments/Views'
import type { EnrolmentsSearch } from '~/searches'
import { enrolmentLooks, feeLooks, syncLooks } from '~/status'
import { chosen as chosenColumns } from '~/table/chosen'
import { Columns } from '~/table/Columns'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayShort } from '~/time'

type Row = Schema['EnrolmentSummary']

const PAGE = 200
const payers = { EMPLOYER: { word: 'Employer' }, INDIVIDUAL: { word: 'Individual' } }

const filters: readonly Filter<Omit<EnrolmentsSearch, 'open' | 'columns'>>[] = [
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
  const { open, columns: shown, ...wanted } = useSearch({ from: '/shell/enrolments' })
  const navigate = useNavigate({ from: '/enrolments' })
  const may = useMay()
  const query = { ...wanted, limit: PAGE }
  const places = queries.useInfiniteQuery('get', '/api/v1/enrolments', { params: { query } }, paged)
  const [chosen, choose] = useChosen(JSON.stringify(wanted))
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const rows = rowsOf(places.data)
  const set = (changed: Partial<EnrolmentsSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Enrolments">
        <Can do="enrolments:import">
          <GoButton to="/enrolments/import" search={{ run_id: wanted.run_id }} variant="default">
            Import
          </GoButton>
        </Can>
        <Can do="enrolments:write">
          <GoButton to="/enrolments/new" search={{ run_id: wanted.run_id, trainee_id: wanted.trainee_id }}>
            New enrolment
          </GoButton>
        </Can>
      </PageHeader>
      <Views search={{ ...wanted, columns: shown }}>
        <Columns of={columns} shown={shown} set={(next) => set({ columns: next })} />
      </Views>
      <Filters filters={filters} search={wanted} set={set} />
      <BulkBar query={wanted} shown={rows.length} more={places.hasNextPage} chosen={chosen} set={choose} />
      <DataTable
        label="Enrolments"
        rows={rows}
        id={(row) => row.id}
        columns={chosenColumns(columns, shown)}
        of={places}
        open={(row) => show(row.id)}
        select={may('enrolments:write') ? { ids: chosen.ids, set: (ids) => choose({ ids, asOf: null }) } : undefined}
        empty={<Empty>{filtered ? 'No enrolment matches these filters.' : 'Nobody is enrolled yet.'}</Empty>}
      />
      <SidePanel title="Enrolment" opened={open !== undefined} close={() => show(undefined)}>
        {open !== undefined && <Panel id={open} show={show} />}
      </SidePanel>
    </>
  )
}

/** What is selected, as long as the filters stay as they are. */
function useChosen(filters: string): [Chosen, (chosen: Chosen) => void] {
  const [held, hold] = useState<Chosen & { filters: string }>({ ids: [], asOf: null, filters })
  const chosen = held.filters === filters ? held : { ids: [], asOf: null }
  return [chosen, (next) => hold({ ...next, filters })]
}
