import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { TrainerForm } from '~/catalogue/TrainerForm'
import { TrainerPanel } from '~/catalogue/TrainerPanel'
import type { Trainer } from '~/catalogue/trainerValues'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import type { TrainersSearch } from '~/searches'
import { catalogueLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { roleName, roleWords } from '~/words'

type Wanted = Omit<TrainersSearch, 'open' | 'role'> & { role?: string }

const filters: readonly Filter<Wanted>[] = [
  { kind: 'one', name: 'role', label: 'Role', choices: { 1: { word: roleName(1) }, 2: { word: roleName(2) } } },
  { kind: 'one', name: 'status', label: 'State', choices: catalogueLooks }
]

const columns: readonly Column<Trainer>[] = [
  {
    id: 'name',
    head: 'Name',
    sort: (trainer) => trainer.name,
    cell: (trainer) => (
      <Go from="/trainers" to="/trainers" search={(old) => ({ ...old, open: trainer.id })}>
        {trainer.name}
      </Go>
    )
  },
  { id: 'number', head: 'ID', width: '112px', cell: ({ id_number }) => id_number },
  { id: 'roles', head: 'Roles', width: '160px', cell: ({ roles }) => roleWords(roles) },
  { id: 'email', head: 'Email', width: '260px', sort: ({ email }) => email, cell: ({ email }) => email },
  { id: 'area', head: 'Area of practice', cell: (trainer) => trainer.domain_area_of_practice || '–' },
  { id: 'account', head: 'Signs in', width: '80px', cell: ({ user_id }) => (user_id === null ? 'No' : 'Yes') },
  { id: 'state', head: 'State', width: '112px', cell: ({ status }) => <Status look={catalogueLooks[status]} /> }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/trainers' })
  const navigate = useNavigate({ from: '/trainers' })
  const [entering, entry] = useDisclosure()
  const query = { ...wanted, limit: 200 }
  const trainers = queries.useInfiniteQuery('get', '/api/v1/trainers', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const set = (changed: TrainersSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace })
  return (
    <>
      <PageHeader title="Trainers" below="Who teaches and assesses.">
        <Can do="trainers:write">
          <Button onClick={entry.open}>New trainer</Button>
        </Can>
      </PageHeader>
      <Filters
        filters={filters}
        search={{ ...wanted, role: wanted.role?.toString() }}
        set={(changed) => set(read(changed), true)}
      />
      <DataTable
        label="Trainers"
        rows={rowsOf(trainers.data)}
        id={(trainer) => trainer.id}
        columns={columns}
        of={trainers}
        open={(trainer) => set({ open: trainer.id })}
        empty={<Empty>{filtered ? 'Nobody matches these filters.' : 'Nobody is entered yet.'}</Empty>}
      />
      <SidePanel
        title={entering ? 'New trainer' : 'Trainer'}
        opened={entering || open !== undefined}
        close={() => (entry.close(), set({ open: undefined }))}
      >
        {entering ? (
          <TrainerForm trainer={null} close={entry.close} saved={({ id }) => (entry.close(), set({ open: id }))} />
        ) : (
          open !== undefined && <TrainerPanel key={open} id={open} close={() => set({ open: undefined })} />
        )}
      </SidePanel>
    </>
  )
}

/** Choices are texts; the address and the API know roles by number. */
function read(changed: Partial<Wanted>): TrainersSearch {
  const { role, ...others } = changed
  return 'role' in changed ? { ...others, role: role === undefined ? undefined : (Number(role) as 1 | 2) } : others
}
