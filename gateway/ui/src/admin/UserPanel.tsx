import { Stack, Title } from '@mantine/core'
import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Details } from '~/components/Details'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { userLooks } from '~/status'
import { instant } from '~/time'
import { said } from './Differences'
import { NameAndEmail } from './NameAndEmail'
import { permissionsOf } from './reach'
import { RolesForm } from './RolesForm'
import { Standing } from './Standing'
import { roleName } from './words'

type User = Schema['UserView']

/** One account beside the list: who, with which roles, what these permit, and whether they may sign in. */
export function UserPanel({ id }: { id: string }) {
  const user = queries.useQuery('get', '/api/v1/auth/users/{user_id}', { params: { path: { user_id: id } } })
  const roles = queries.useQuery('get', '/api/v1/auth/roles')
  return (
    <Loaded of={user}>
      {(data) => <Loaded of={roles}>{({ items }) => <Shown key={data.version} of={data} roles={items} />}</Loaded>}
    </Loaded>
  )
}

function Shown({ of: user, roles }: { of: User; roles: Schema['RoleView'][] }) {
  const may = useMay()
  const writes = may('users:write')
  return (
    <Stack gap={16}>
      <Title order={2}>{user.name}</Title>
      {writes && <Standing of={user} />}
      {writes && <NameAndEmail of={user} />}
      <Properties
        of={[
          ['Email', user.email],
          ['State', <Status key="state" look={userLooks[user.status]} />],
          ['Sign-in', user.locked_until === null ? 'Open' : `Locked until ${instant(user.locked_until)}`],
          ['Roles', user.roles.map(roleName).join(', ')],
          ['Account id', <CopyId key="id" id={user.id} label="account id" />]
        ]}
      />
      {writes && <RolesForm of={user} />}
      <Permits of={user} roles={roles} />
      {may('audit:read') && (
        <Go to="/audit" search={{ actor_id: user.id }}>
          What this account did
        </Go>
      )}
      <Details of={user} also={[['Made', instant(user.created_at)]]} />
    </Stack>
  )
}

/** All that the roles permit together. */
function Permits({ of: user, roles }: { of: User; roles: Schema['RoleView'][] }) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        May
      </Title>
      <ul style={{ margin: 0, paddingLeft: 20, fontSize: 13 }}>
        {[...permissionsOf(roles, user.roles)].map(([permission, reach]) => (
          <li key={permission}>{said(permission, reach)}</li>
        ))}
      </ul>
    </section>
  )
}
