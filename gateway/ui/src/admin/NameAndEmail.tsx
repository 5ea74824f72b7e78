import { Button, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'

type User = Schema['UserView']

const validate = rules('UserPatch', { name: 'a name', email: 'an email' }, { required: ['name', 'email'] })

/** Name and email of an account. */
export function NameAndEmail({ of: user }: { of: User }) {
  const form = useForm({ initialValues: { name: user.name, email: user.email }, validate, validateInputOnBlur: true })
  const save = useCommand(
    (body: Schema['UserPatch'], headers) =>
      api.PATCH('/api/v1/auth/users/{user_id}', {
        params: { path: { user_id: user.id }, header: ifMatch(user) },
        body,
        headers
      }),
    {
      affects: ['/api/v1/auth/users', '/api/v1/auth/me'],
      done: ({ name }) => `${name} is changed.`,
      failed: (problem) => {
        form.setErrors(fieldErrors(problem.fields))
        return problem.fields.length > 0
      }
    }
  )
  const { name, email } = form.values
  const same = name.trim() === user.name && email.trim() === user.email
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(changed(user, values)))} noValidate>
      <Group gap={8} align="flex-end">
        <TextInput label="Name" flex={1} miw={200} {...form.getInputProps('name')} />
        <TextInput label="Email" type="email" flex={1} miw={200} {...form.getInputProps('email')} />
        <Button type="submit" variant="default" loading={save.busy} disabled={same}>
          Save
        </Button>
      </Group>
    </form>
  )
}

function changed(user: User, { name, email }: { name: string; email: string }): Schema['UserPatch'] {
  return {
    ...(name.trim() === user.name ? {} : { name: name.trim() }),
    ...(email.trim() === user.email ? {} : { email: email.trim() })
  }
}
