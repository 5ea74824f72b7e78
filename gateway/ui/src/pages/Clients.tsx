import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { ClientPanel } from '~/admin/ClientPanel'
import { NewClient } from '~/admin/NewClient'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import type { ClientsSearch } from '~/searches'
import { clientLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'

type Client = Schema['ClientView']

const filters: readonly Filter<Omit<ClientsSearch, 'open'>>[] = [
  { kind: 'one', name: 'status', label: 'State', choices: clientLooks }
]

const columns: readonly Column<Client>[] = [
  {
    id: 'name',
    head: 'Client',
    width: '240px',
    sort: (client) => client.name,
    cell: (client) => (
      <Go from="/admin/clients" to="/admin/clients" search={(old) => ({ ...old, open: client.id })}>
        {client.name}
      </Go>
    )
  },
  { id: 'scopes', head: 'Scopes', cell: (client) => client.scopes.join(', ') || '–' },
  { id: 'state', head: 'State', width: '120px', cell: (client) => <Status look={clientLooks[client.status]} /> },
  { id: 'made', head: 'Made, SGT', width: '152px', cell: (client) => instantShort(client.created_at) },
  { id: 'changed', head: 'Changed, SGT', width: '152px', cell: (client) => instantShort(client.updated_at) }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/admin/clients' })
  const navigate = useNavigate({ from: '/admin/clients' })
  const query = { ...wanted, limit: 200 }
  const clients = queries.useInfiniteQuery('get', '/api/v1/auth/clients', { params: { query } }, paged)
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Clients" below="Other systems that ask for tokens of their own.">
        <Can do="clients:write">
          <NewClient />
        </Can>
      </PageHeader>
      <Filters
        filters={filters}
        search={wanted}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Clients"
        rows={rowsOf(clients.data)}
        id={(client) => client.id}
        columns={columns}
        of={clients}
        open={(client) => show(client.id)}
        empty={<Empty>No client matches these filters.</Empty>}
      />
      <SidePanel title="Client" opened={open !== undefined} close={() => show(undefined)}>
        {open !== undefined && <ClientPanel key={open} id={open} />}
      </SidePanel>
    </>
  )
}
