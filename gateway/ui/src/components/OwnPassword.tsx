import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api } from '~/api/client'
import { useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { sessionEnded } from '~/api/session'

type Wish = { current_password: string; password: string; again: string }

const eye = { visibilityToggleButtonProps: { 'aria-label': 'Show password' } }

/** A new password by who knows the present one; every sign-in ends, this one too. */
export function OwnPassword({ close }: { close: () => void }) {
  const form = useForm<Wish>({
    initialValues: { current_password: '', password: '', again: '' },
    validate: {
      ...rules('OwnPasswordWish', { current_password: 'your password', password: 'a new password' }),
      again: (again, { password }) => (again === password ? null : 'This is not what you entered above.')
    },
    validateInputOnBlur: true
  })
  const change = useCommand(
    ({ current_password, password }: Wish, headers) =>
      api.POST('/api/v1/auth/me/password', { body: { current_password, password }, headers }),
    {
      affects: [],
      done: () => 'Your password is changed. Sign in with the new one.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: sessionEnded,
      failed: (problem) => {
        form.setErrors(fieldErrors(problem.fields))
        return problem.fields.length > 0
      }
    }
  )
  return (
    <Modal opened onClose={close} title="Change your password" attributes={{ header: { role: 'none' } }}>
      <form onSubmit={form.onSubmit((wish) => void change.run(wish))} noValidate>
        <Stack gap={12}>
          <Text size="sm">You are signed out everywhere, here too, and sign in with the new one.</Text>
          <PasswordInput
            label="Present password"
            autoComplete="current-password"
            data-autofocus
            {...eye}
            {...form.getInputProps('current_password')}
          />
          <PasswordInput
            label="New password"
            description="At least 12 characters; several unrelated words are best. Never an NRIC or FIN."
            autoComplete="new-password"
            {...eye}
            {...form.getInputProps('password')}
          />
          <PasswordInput
            label="New password again"
            autoComplete="new-password"
            {...eye}
            {...form.getInputProps('again')}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={change.busy}>
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
