import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { asProblem, type Problem } from '~/api/problem'
import { rules } from '~/api/rules'
import { signIn } from '~/api/session'
import { ProblemContent } from '~/components/notices'
import { clockTime, now } from '~/time'

const validate = rules(
  'TokenForm',
  { username: 'your email', password: 'your password' },
  { required: ['username', 'password'] }
)

export function Page() {
  const { back } = useSearch({ from: '/sign-in' })
  const router = useRouter()
  const [refusal, setRefusal] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { username: '', password: '' },
    validate,
    validateInputOnBlur: true
  })

  async function enter({ username, password }: { username: string; password: string }) {
    setBusy(true)
    setRefusal(null)
    try {
      await signIn(username.trim(), password)
      router.history.push(back ?? '/')
    } catch (error) {
      setRefusal(asProblem(error))
      form.getInputNode('password')?.focus()
    } finally {
      setBusy(false)
    }
  }

  return (
    <main style={{ display: 'grid', justifyItems: 'center', padding: '12vh 16px 16px' }}>
      <title>Sign in · Training operations</title>
      <Paper withBorder p={24} w="100%" maw={360}>
        <form onSubmit={form.onSubmit((values) => void enter(values))} noValidate>
          <Stack gap={12}>
            <div>
              <Text size="sm" c="dimmed">
                Training operations
              </Text>
              <Title order={1}>Sign in</Title>
            </div>
            {refusal && (
              <div role="alert">
                <ProblemContent problem={refusal} />
                {refusal.code === 'sign_in_locked' && <Text size="sm">Locked until {until(refusal)} SGT.</Text>}
              </div>
            )}
            <TextInput
              label="Email"
              type="email"
              autoComplete="username"
              autoFocus
              key={form.key('username')}
              {...form.getInputProps('username')}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
              key={form.key('password')}
              {...form.getInputProps('password')}
            />
            <Button type="submit" loading={busy}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              Never use an NRIC or FIN as a password. Forgotten it? An administrator gives you a new one.
            </Text>
          </Stack>
        </form>
      </Paper>
    </main>
  )
}

function until({ retryAfter }: Problem): string {
  return clockTime(new Date(now() + (retryAfter ?? 0) * 1000).toISOString())
}
