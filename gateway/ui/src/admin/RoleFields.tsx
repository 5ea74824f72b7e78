import { Checkbox, Stack } from '@mantine/core'
import { forPeople, roleWords } from './words'

type Roles = { value: readonly string[]; set: (roles: string[]) => void; error?: React.ReactNode; disabled?: boolean }

/** The roles people may have, each with what it is for. */
export function RoleFields({ value, set, error, disabled }: Roles) {
  return (
    <Checkbox.Group label="Roles" value={[...value]} onChange={set} error={error} required>
      <Stack gap={8} mt={4}>
        {forPeople.map((role) => (
          <Checkbox
            key={role}
            value={role}
            disabled={disabled}
            label={roleWords[role].name}
            description={roleWords[role].says}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  )
}
