import { Button, Group, Text, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { api } from '~/api/client'
import { asProblem } from '~/api/problem'
import { tellProblem } from '~/components/notices'

/** By email: sent in a body, because addresses have no place in a URL; so this is no filter. */
export function FindUser({ show }: { show: (id: string) => void }) {
  const [email, setEmail] = useState('')
  const [said, say] = useState<string | null>(null)
  async function find(event: FormEvent) {
    event.preventDefault()
    if (email.trim() === '') return say('Enter an email.')
    try {
      const { data } = await api.POST('/api/v1/auth/users/find', { body: { email: email.trim() } })
      const [user] = data?.items ?? []
      say(user === undefined ? 'No account has this email.' : null)
      if (user !== undefined) show(user.id)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.fields.length > 0) say('This is not an email address.')
      else tellProblem(problem)
    }
  }
  return (
    <form onSubmit={(event) => void find(event)} noValidate>
      <Group gap={8} mb={12} align="center">
        <TextInput
          aria-label="Email"
          placeholder="Whole email"
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          w={{ base: '100%', xs: 260 }}
        />
        <Button type="submit" variant="default">
          Find
        </Button>
        <Text size="sm" c="dimmed" role="status">
          {said}
        </Text>
      </Group>
    </form>
  )
}
