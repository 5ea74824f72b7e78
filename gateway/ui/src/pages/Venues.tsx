import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { VenueForm } from '~/catalogue/VenueForm'
import { VenuePanel } from '~/catalogue/VenuePanel'
import { addressOf, type Venue } from '~/catalogue/venueValues'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import type { VenuesSearch } from '~/searches'
import { catalogueLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'

const filters: readonly Filter<Omit<VenuesSearch, 'open'>>[] = [
  { kind: 'text', name: 'q', label: 'Name or street' },
  { kind: 'one', name: 'status', label: 'State', choices: catalogueLooks }
]

const columns: readonly Column<Venue>[] = [
  {
    id: 'name',
    head: 'Name',
    sort: (venue) => venue.name,
    cell: (venue) => (
      <Go from="/venues" to="/venues" search={(old) => ({ ...old, open: venue.id })}>
        {venue.name}
      </Go>
    )
  },
  { id: 'room', head: 'Room', width: '120px', sort: ({ room }) => room, cell: ({ room }) => room ?? '–' },
  { id: 'address', head: 'Address', cell: (venue) => addressOf(venue) ?? '–' },
  {
    id: 'capacity',
    head: 'Capacity',
    width: '96px',
    right: true,
    sort: ({ capacity }) => capacity,
    cell: ({ capacity }) => capacity ?? '–'
  },
  { id: 'access', head: 'Wheelchair', width: '96px', cell: (venue) => (venue.wheelchair_access ? 'Yes' : 'No') },
  { id: 'state', head: 'State', width: '112px', cell: ({ status }) => <Status look={catalogueLooks[status]} /> }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/venues' })
  const navigate = useNavigate({ from: '/venues' })
  const [entering, entry] = useDisclosure()
  const query = { ...wanted, limit: 200 }
  const venues = queries.useInfiniteQuery('get', '/api/v1/venues', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const set = (changed: VenuesSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace })
  return (
    <>
      <PageHeader title="Venues" below="Rooms that sessions are held in; each is booked by itself.">
        <Can do="courses:write">
          <Button onClick={entry.open}>New venue</Button>
        </Can>
      </PageHeader>
      <Filters filters={filters} search={wanted} set={(changed) => set(changed, true)} />
      <DataTable
        label="Venues"
        rows={rowsOf(venues.data)}
        id={(venue) => venue.id}
        columns={columns}
        of={venues}
        open={(venue) => set({ open: venue.id })}
        empty={<Empty>{filtered ? 'No venue matches these filters.' : 'No venue is entered yet.'}</Empty>}
      />
      <SidePanel
        title={entering ? 'New venue' : 'Venue'}
        opened={entering || open !== undefined}
        close={() => (entry.close(), set({ open: undefined }))}
      >
        {entering ? (
          <VenueForm venue={null} close={entry.close} saved={({ id }) => (entry.close(), set({ open: id }))} />
        ) : (
          open !== undefined && <VenuePanel key={open} id={open} close={() => set({ open: undefined })} />
        )}
      </SidePanel>
    </>
  )
}
