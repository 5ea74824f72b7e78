import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { FindUser } from '~/admin/FindUser'
import { NewUser } from '~/admin/NewUser'
import { UserPanel } from '~/admin/UserPanel'
import { forPeople, roleName } from '~/admin/words'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import type { UsersSearch } from '~/searches'
import { userLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'

type User = Schema['UserView']

const roles = Object.fromEntries(forPeople.map((role) => [role, { word: roleName(role) }]))
const filters: readonly Filter<Omit<UsersSearch, 'open'>>[] = [
  { kind: 'one', name: 'role', label: 'Role', choices: roles },
  { kind: 'one', name: 'status', label: 'State', choices: userLooks }
]

const columns: readonly Column<User>[] = [
  {
    id: 'name',
    head: 'Name',
    width: '220px',
    sort: (user) => user.name,
    cell: (user) => (
      <Go from="/admin/users" to="/admin/users" search={(old) => ({ ...old, open: user.id })}>
        {user.name}
      </Go>
    )
  },
  { id: 'email', head: 'Email', width: '260px', sort: (user) => user.email, cell: (user) => user.email },
  { id: 'roles', head: 'Roles', cell: (user) => user.roles.map(roleName).join(', ') },
  {
    id: 'state',
    head: 'State',
    width: '240px',
    cell: (user) => (
      <>
        <Status look={userLooks[user.status]} />
        {user.locked_until !== null && (
          <>
            {' '}
            locked, ends <Moment at={user.locked_until} />
          </>
        )}
      </>
    )
  },
  { id: 'made', head: 'Made, SGT', width: '152px', cell: (user) => instantShort(user.created_at) }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/admin/users' })
  const navigate = useNavigate({ from: '/admin/users' })
  const query = { ...wanted, limit: 200 }
  const users = queries.useInfiniteQuery('get', '/api/v1/auth/users', { params: { query } }, paged)
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Users">
        <Can do="users:write">
          <NewUser show={show} />
        </Can>
      </PageHeader>
      <FindUser show={show} />
      <Filters
        filters={filters}
        search={wanted}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Users"
        rows={rowsOf(users.data)}
        id={(user) => user.id}
        columns={columns}
        of={users}
        open={(user) => show(user.id)}
        empty={<Empty>No account matches these filters.</Empty>}
      />
      <SidePanel title="Account" opened={open !== undefined} close={() => show(undefined)}>
        {open !== undefined && <UserPanel id={open} />}
      </SidePanel>
    </>
  )
}
