import { Button, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useLocation, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { asProblem, type Problem } from '~/api/problem'
import type { Schema } from '~/api/client'
import { checkIn, holdPass, passHeld } from '~/attendance/checkIn'
import styles from '~/attendance/room.module.css'
import { CopyId } from '~/components/CopyId'
import { Status } from '~/components/Status'
import { markLooks } from '~/status'
import { instant } from '~/time'

// For people in the room, on their own phones, with no account: a personal link makes the phone ready, the code on the
// screen checks in.

/** Without a session it takes the personal pass; with one it checks in. */
export function Page() {
  const { sessionId } = useParams({ strict: false })
  const { hash } = useLocation()
  return (
    <main className={`${styles.card} panel`}>
      <title>Check in</title>
      <Title order={1} mb={12}>
        Check in
      </Title>
      {sessionId === undefined ? <Ready pass={hash} /> : <CheckingIn sessionId={sessionId} code={hash} />}
    </main>
  )
}

/** The pass is taken out of the address at once, where somebody could read it over a shoulder. */
function Ready({ pass }: { pass: string }) {
  const [given] = useState(pass)
  useEffect(() => {
    if (given === '') return
    holdPass(given)
    history.replaceState(history.state, '', '/check-in')
  }, [given])
  return given !== '' || passHeld() !== null ? (
    <Text role="status">This phone is ready. Scan the code on the screen in the room to check in.</Text>
  ) : (
    <Text role="status">Open your personal link on this phone first. Your training provider gives it to you.</Text>
  )
}

function CheckingIn({ sessionId, code }: { sessionId: string; code: string }) {
  const pass = passHeld()
  const begun = useRef(false)
  const attempt = useMutation({ mutationFn: () => checkIn(sessionId, code, pass!), networkMode: 'always' })
  const go = attempt.mutate
  useEffect(() => {
    if (pass === null || code === '' || begun.current) return
    begun.current = true
    go()
  }, [pass, code, go])
  if (pass === null) return <Ready pass="" />
  if (code === '') return <Text role="status">Scan the code on the screen in the room.</Text>
  if (attempt.error !== null) return <Refused problem={asProblem(attempt.error)} again={() => go()} />
  if (attempt.data === undefined) return <Text role="status">Checking in.</Text>
  return <Done of={attempt.data} />
}

function Done({ of: { outcome, opens_at, state } }: { of: Schema['CheckInAnswer'] }) {
  if (outcome === 'wait') {
    return <Text role="status">It is too early. Scan the code again from {instant(opens_at)}.</Text>
  }
  return (
    <div role="status">
      {state && <Status look={markLooks[state]} />}
      <Text mt={8}>
        {outcome === 'already'
          ? 'You were checked in before. Nothing more to do.'
          : 'You are checked in. Your trainer confirms it. You can close this page.'}
      </Text>
    </div>
  )
}

const SAYS: Record<string, string> = {
  code_expired: 'The code has changed since it was scanned. Scan the screen again.',
  unknown_pass: 'Your personal link is not valid for this session. Ask your trainer for a new one.'
}

function Refused({ problem, again }: { problem: Problem; again: () => void }) {
  return (
    <div role="alert">
      <Text fw={600}>{SAYS[problem.code] ?? problem.detail}</Text>
      {problem.code === 'check_in_closed' && <Text>Your trainer can still mark you present.</Text>}
      <Text size="sm" mt={8}>
        Correlation id <CopyId id={problem.correlationId} />
      </Text>
      {problem.unreachable && (
        <Button mt={12} h={48} fullWidth onClick={again}>
          Try again
        </Button>
      )}
    </div>
  )
}
