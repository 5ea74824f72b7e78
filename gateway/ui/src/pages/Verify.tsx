import { Button, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { open, type Schema } from '~/api/client'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { certificateLooks, type Look } from '~/status'
import { day, days } from '~/time'

/** For whoever is shown a certificate: whether its code holds, and for which course. Nobody signs in here. */
export function Page() {
  const { code } = useParams({ strict: false })
  return (
    <main style={{ display: 'grid', justifyItems: 'center', padding: '12vh 16px 16px' }}>
      <title>Verify a certificate · Training operations</title>
      <Paper withBorder p={24} w="100%" maw={480}>
        <Stack gap={16}>
          <div>
            <Text size="sm" c="dimmed">
              Training operations
            </Text>
            <Title order={1}>Verify a certificate</Title>
          </div>
          <Ask key={code} code={code} />
          <Text size="sm" c="dimmed">
            The code stands on the certificate. The answer tells the course and the dates, and nothing about a person:
            compare the name with the one who shows it to you.
          </Text>
          {code !== undefined && <Answer code={code} />}
        </Stack>
      </Paper>
    </main>
  )
}

function Ask({ code = '' }: { code?: string }) {
  const navigate = useNavigate()
  const [typed, setTyped] = useState(code)
  const [missing, setMissing] = useState(false)
  function ask(event: FormEvent) {
    event.preventDefault()
    setMissing(typed.trim() === '')
    if (typed.trim() !== '') void navigate({ to: '/verify/$code', params: { code: typed.trim() } })
  }
  return (
    <form onSubmit={ask} noValidate>
      <Stack gap={12}>
        <TextInput
          label="Certificate code"
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={typed}
          error={missing ? 'Enter the code.' : null}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant={code === '' ? 'filled' : 'default'}>
          Verify
        </Button>
      </Stack>
    </form>
  )
}

function Answer({ code }: { code: string }) {
  const found = open.useQuery(
    'get',
    '/api/v1/assessments/certificates/verify/{code}',
    { params: { path: { code } } },
    { staleTime: 0 }
  )
  return (
    <section aria-label="Answer" aria-live="polite">
      <Loaded of={found}>{(told) => <Told of={told} />}</Loaded>
    </section>
  )
}

const unknown: Look = { ...certificateLooks.revoked, word: 'Not known' }

function Told({ of: told }: { of: Schema['VerificationView'] }) {
  if (told.standing === 'unknown') {
    return (
      <Stack gap={8} align="flex-start">
        <Status look={unknown} />
        <Text size="sm">No certificate was issued with this code. Check every sign of it.</Text>
      </Stack>
    )
  }
  return (
    <Stack gap={8} align="flex-start">
      <Status look={certificateLooks[told.standing]} />
      <Properties
        of={[
          ['Course', told.course_title],
          ['Course reference', told.course_reference],
          ['Training', told.start_on && told.end_on && days(told.start_on, told.end_on)],
          ['Issued', told.issued_on && day(told.issued_on)],
          ...(told.revoked_on ? [['Revoked', day(told.revoked_on)] as const] : [])
        ]}
      />
    </Stack>
  )
}
