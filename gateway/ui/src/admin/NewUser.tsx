import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { RoleFields } from './RoleFields'

type Wish = Omit<Schema['UserWish'], 'roles'> & { roles: string[] }

const EMPTY: Wish = { email: '', name: '', roles: [], password: '' }

/** A new account, with the password its person begins with. */
export function NewUser({ show }: { show: (id: string) => void }) {
  const [opened, { open, close }] = useDisclosure()
  const form = useForm<Wish>({
    initialValues: EMPTY,
    validate: {
      ...rules('UserWish', { email: 'an email', name: 'a name', password: 'a password' }),
      roles: (roles) => (roles.length === 0 ? 'Choose at least one role.' : null)
    },
    validateInputOnBlur: true
  })
  const make = useCommand(
    (wish: Wish, headers) =>
      api.POST('/api/v1/auth/users', { body: { ...wish, roles: wish.roles as Schema['Role'][] }, headers }),
    {
      affects: ['/api/v1/auth/users'],
      done: ({ name }) => `${name} may sign in.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: ({ id }) => {
        leave()
        show(id)
      },
      failed: (problem) => {
        form.setErrors(fieldErrors(problem.fields))
        return problem.fields.length > 0
      }
    }
  )
  function leave() {
    close()
    form.reset()
  }
  return (
    <>
      <Button onClick={open}>New user</Button>
      <Modal opened={opened} onClose={leave} title="New user" attributes={{ header: { role: 'none' } }}>
        <form onSubmit={form.onSubmit((wish) => void make.run(wish))} noValidate>
          <Stack gap={12}>
            <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
            <TextInput label="Email" type="email" required autoComplete="off" {...form.getInputProps('email')} />
            <PasswordInput
              label="First password"
              description="At least 12 characters; several unrelated words are best. Never an NRIC or FIN."
              required
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
              {...form.getInputProps('password')}
            />
            <RoleFields
              value={form.values.roles}
              set={(roles) => form.setFieldValue('roles', roles)}
              error={form.errors.roles}
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={leave}>
                Cancel
              </Button>
              <Button type="submit" loading={make.busy}>
                Make account
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
