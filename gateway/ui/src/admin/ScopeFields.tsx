import { Checkbox, Stack } from '@mantine/core'
import { queries } from '~/api/client'
import { permissionName } from './words'

/** All that a client may ever be given, as the matrix of roles has it. */
export function ScopeFields({ value, set }: { value: readonly string[]; set: (scopes: string[]) => void }) {
  const { data } = queries.useQuery('get', '/api/v1/auth/roles')
  const permissions = data?.items.find(({ for_people }) => !for_people)?.permissions ?? {}
  const scopes = Object.keys(permissions).filter((permission) => permissions[permission] === 'scoped')
  return (
    <Checkbox.Group label="Scopes" value={[...value]} onChange={set}>
      <Stack gap={8} mt={4}>
        {scopes.map((scope) => (
          <Checkbox key={scope} value={scope} label={scope} description={permissionName(scope)} />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
