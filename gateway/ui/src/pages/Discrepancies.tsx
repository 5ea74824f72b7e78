import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Bulk } from '~/discrepancies/Bulk'
import { BulkProgress } from '~/discrepancies/BulkProgress'
import { codeWords } from '~/discrepancies/codes'
import { columns } from '~/discrepancies/columns'
import { CompareNow, Comparisons } from '~/discrepancies/Comparisons'
import { Counts } from '~/discrepancies/Counts'
import { Panel } from '~/discrepancies/Panel'
import type { DiscrepanciesSearch } from '~/searches'
import { discrepancyLooks, verdictLooks } from '~/status'
import { DataTable } from '~/table/DataTable'
import { recordWords } from '~/words'

type Wanted = Omit<DiscrepanciesSearch, 'view' | 'open' | 'bulk'>

const records = Object.fromEntries(Object.entries(recordWords).map(([type, word]) => [type, { word }]))

const filters: readonly Filter<Wanted>[] = [
  { kind: 'one', name: 'state', label: 'Open', choices: discrepancyLooks },
  { kind: 'one', name: 'verdict', label: 'Verdict', choices: verdictLooks },
  { kind: 'one', name: 'code', label: 'What differs', choices: codeWords },
  { kind: 'one', name: 'record_type', label: 'Record', choices: records },
  { kind: 'text', name: 'run_id', label: 'Id of the run' }
]

export function Page() {
  const { view = 'list', open, bulk, ...wanted } = useSearch({ from: '/shell/sync/discrepancies' })
  const navigate = useNavigate({ from: '/sync/discrepancies' })
  const set = (changed: Partial<DiscrepanciesSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true, resetScroll: false })
  return (
    <>
      <PageHeader title="Discrepancies">
        {view === 'list' && (
          <Can do="sync:repair">
            <Bulk filter={bulkFilter(wanted)} follow={(id) => set({ bulk: id })} />
          </Can>
        )}
        <Can do="sync:reconcile">
          <CompareNow runId={wanted.run_id} then={() => set({ view: 'comparisons' })} />
        </Can>
      </PageHeader>
      {bulk !== undefined && <BulkProgress id={bulk} close={() => set({ bulk: undefined })} />}
      <Tabs value={view} onChange={(next) => set({ view: next as 'list' })} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="list">What differs</Tabs.Tab>
          <Tabs.Tab value="comparisons">Comparisons</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="list">
          <Counts search={wanted} />
          <Filters filters={filters} search={wanted} set={set} />
          <List wanted={wanted} show={(id) => set({ open: id })} />
        </Tabs.Panel>
        <Tabs.Panel value="comparisons">
          <Comparisons runId={wanted.run_id} />
        </Tabs.Panel>
      </Tabs>
      <SidePanel title="Discrepancy" opened={open !== undefined} close={() => set({ open: undefined })} wide>
        {open !== undefined && <Panel id={open} />}
      </SidePanel>
    </>
  )
}

/** Newest first; without a chosen state, what is open. */
function List({ wanted, show }: { wanted: Wanted; show: (id: string) => void }) {
  const query = { ...wanted, state: wanted.state ?? 'open' }
  const found = queries.useInfiniteQuery('get', '/api/v1/sync/discrepancies', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  return (
    <DataTable
      label="Discrepancies"
      rows={rowsOf(found.data)}
      id={(row) => row.id}
      columns={columns}
      of={found}
      open={(row) => show(row.id)}
      empty={
        <Empty>
          {filtered
            ? 'No discrepancy matches these filters.'
            : 'Nothing differs: at the last comparison TPGateway held what we hold.'}
        </Empty>
      }
    />
  )
}

function bulkFilter({ code, verdict, record_type, run_id, state = 'open' }: Wanted) {
  return { code, verdict, record_type, run_id, state }
}
