import { Alert, Button, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useMe } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { Differences } from './Differences'
import { difference } from './reach'
import { RoleFields } from './RoleFields'
import { roleName } from './words'

type User = Schema['UserView']

const ADMIN = 'admin'

/** Somebody's roles; what a change gives and takes is shown before it is made. */
export function RolesForm({ of: user }: { of: User }) {
  const roles = queries.useQuery('get', '/api/v1/auth/roles')
  return <Loaded of={roles}>{({ items }) => <Form of={user} all={items} />}</Loaded>
}

function Form({ of: user, all }: { of: User; all: readonly Schema['RoleView'][] }) {
  const [held, setHeld] = useState<string[]>(user.roles)
  const [asked, ask] = useState(false)
  const me = useMe()
  const lastAdmin = useLastAdmin(user)
  const change = useCommand(
    (reason: string, headers) =>
      api.PUT('/api/v1/auth/users/{user_id}/roles', {
        params: { path: { user_id: user.id }, header: ifMatch(user) },
        body: { roles: held as Schema['Role'][], reason },
        headers
      }),
    {
      affects: ['/api/v1/auth/users'],
      done: ({ name, roles }) => `${name} is ${roles.map(roleName).join(', ')} within ten minutes.`
    }
  )
  const same = held.length === user.roles.length && held.every((role) => user.roles.includes(role))
  const withoutAdmin = lastAdmin && !held.includes(ADMIN)
  if (me.id === user.id) {
    return (
      <>
        <Why>Nobody changes their own roles. Ask another administrator.</Why>
        <RoleFields value={user.roles} set={() => undefined} disabled />
      </>
    )
  }
  return (
    <Stack gap={12} align="flex-start">
      <RoleFields value={held} set={setHeld} error={held.length === 0 ? 'Choose at least one role.' : null} />
      {withoutAdmin && <Why>This is the last active administrator. Make somebody else administrator first.</Why>}
      <Button variant="default" disabled={same || held.length === 0 || withoutAdmin} onClick={() => ask(true)}>
        Change roles
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title={`Change the roles of ${user.name}?`}
        verb="Change roles"
        busy={change.busy}
        reason
        confirm={change.run}
      >
        <Text size="sm">
          {user.roles.map(roleName).join(', ')} → <b>{held.map(roleName).join(', ')}</b>
        </Text>
        <Differences of={difference(all, user.roles, held)} />
      </Confirm>
    </Stack>
  )
}

/** Whether nobody else could let others in. */
export function useLastAdmin(user: User): boolean {
  const query = { role: ADMIN, status: 'active', limit: 2 } as const
  const { data } = queries.useQuery('get', '/api/v1/auth/users', { params: { query } })
  return data?.items.length === 1 && data.items[0]!.id === user.id
}

export function Why({ children }: { children: string }) {
  return (
    <Alert color="idle" variant="outline" p={8}>
      {children}
    </Alert>
  )
}
