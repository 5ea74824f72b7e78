import { useMemo } from 'react'
import { permissionWords, reachWords, roleName, roleWords } from '~/admin/words'
import type { Permission } from '~/access'
import { queries, type Schema } from '~/api/client'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { DataTable, type Column } from '~/table/DataTable'
import { plain } from '~/words'

type Role = Schema['RoleView']
type Row = { permission: Permission; says: string }

const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }
const rows: readonly Row[] = Object.entries(permissionWords).map(([permission, says]) => ({
  permission: permission as Permission,
  says: plain(says)
}))

/** The whole matrix of who may do what: laid down with the system, and changed with it alone. */
export function Page() {
  const roles = queries.useQuery('get', '/api/v1/auth/roles')
  return (
    <>
      <PageHeader title="Roles" below="Laid down with the system. Which roles somebody has is changed under Users." />
      <Loaded of={roles}>{({ items }) => <Matrix of={items} />}</Loaded>
    </>
  )
}

function Matrix({ of: roles }: { of: readonly Role[] }) {
  const columns = useMemo(() => columnsOf(roles), [roles])
  return (
    <>
      <Section title="What they are for">
        <dl style={{ margin: 0, display: 'grid', gap: 8 }}>
          {roles.map(({ role }) => (
            <div key={role}>
              <dt style={{ fontWeight: 600 }}>{roleName(role)}</dt>
              <dd style={{ margin: 0 }}>{roleWords[role as Schema['Role']]?.says}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <DataTable
        label="Permissions by role"
        rows={rows}
        id={(row) => row.permission}
        columns={columns}
        of={STILL}
        empty={null}
      />
    </>
  )
}

function columnsOf(roles: readonly Role[]): readonly Column<Row>[] {
  return [
    { id: 'permission', head: 'Permission', cell: (row) => <span title={row.permission}>{row.says}</span> },
    ...roles.map(({ role, permissions }) => ({
      id: role,
      head: roleName(role),
      width: '104px',
      cell: (row: Row) => <Reach of={permissions[row.permission]} />
    }))
  ]
}

function Reach({ of: reach }: { of: string | undefined }) {
  if (reach === undefined) return <span className="dimmed">–</span>
  return <span title={reachWords[reach]}>{plain(reach)}</span>
}
