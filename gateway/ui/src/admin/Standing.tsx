import { Button, Group, PasswordInput, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useMe } from '~/access'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand, type CommandHeaders } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { rules } from '~/api/rules'
import { useLastAdmin } from './RolesForm'

type User = Schema['UserView']
type Ask = 'disable' | 'enable' | 'unlock' | 'password'

const { password: broken } = rules('PasswordWish', { password: 'a password' })
const says: Record<Ask, string> = {
  disable: 'They are signed out everywhere at once and cannot sign in again. What they did stays theirs.',
  enable: 'They may sign in again, with the roles they had.',
  unlock: 'They may try again now instead of waiting for the lock to end.',
  password: 'They are signed out everywhere. Hand it over in person, and have them change it at once.'
}
const verbs: Record<Ask, string> = {
  disable: 'Disable account',
  enable: 'Enable account',
  unlock: 'Unlock sign-in',
  password: 'Set password'
}
const done: Record<Ask, string> = {
  disable: 'is disabled.',
  enable: 'is enabled.',
  unlock: 'may try to sign in again.',
  password: 'has a new password.'
}

/** Letting somebody in or not: what does not fit now is disabled with the reason. */
export function Standing({ of: user }: { of: User }) {
  const [asked, ask] = useState<Ask | null>(null)
  const [password, setPassword] = useState('')
  const [wrong, setWrong] = useState<string | null>(null)
  const me = useMe()
  const lastAdmin = useLastAdmin(user)
  const command = useCommand((reason: string, headers) => call(asked!, user, { reason, password }, headers), {
    affects: ['/api/v1/auth/users'],
    done: () => `${user.name} ${done[asked!]}`
  })
  const own = me.id === user.id
  const active = user.status === 'active'
  const offers: [Ask, string | null][] = [
    active
      ? [
          'disable',
          own ? 'Nobody disables their own account.' : lastAdmin ? 'This is the last active administrator.' : null
        ]
      : ['enable', null],
    ['unlock', user.locked_until === null ? 'The sign-in is not locked.' : null],
    ['password', own ? 'Change your own password in the menu at the top right.' : null]
  ]
  async function go(reason: string): Promise<boolean> {
    const why = asked === 'password' ? broken!(password) : null
    setWrong(why)
    return why === null && command.run(reason)
  }
  function close() {
    ask(null)
    setPassword('')
    setWrong(null)
  }
  return (
    <>
      <Group gap={8}>
        {offers.map(([name, whyNot]) => (
          <Tooltip key={name} label={whyNot ?? ''} disabled={whyNot === null}>
            <Button
              size="xs"
              variant="default"
              data-disabled={whyNot !== null || undefined}
              aria-disabled={whyNot !== null}
              aria-description={whyNot ?? undefined}
              onClick={() => whyNot === null && ask(name)}
            >
              {verbs[name]}
            </Button>
          </Tooltip>
        ))}
      </Group>
      {asked !== null && (
        <Confirm
          opened
          close={close}
          title={`${verbs[asked]} of ${user.name}?`}
          verb={verbs[asked]}
          destructive={asked === 'disable'}
          busy={command.busy}
          reason
          confirm={go}
        >
          <Text size="sm">{says[asked]}</Text>
          {asked === 'password' && (
            <PasswordInput
              mt={12}
              label="New password"
              description="At least 12 characters; several unrelated words are best. Never an NRIC or FIN."
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
              value={password}
              error={wrong}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
          )}
        </Confirm>
      )}
    </>
  )
}

type Words = { reason: string; password: string }

function call(asked: Ask, user: User, { reason, password }: Words, headers: CommandHeaders) {
  const at = { params: { path: { user_id: user.id }, header: ifMatch(user) }, headers }
  switch (asked) {
    case 'disable':
      return api.POST('/api/v1/auth/users/{user_id}/disable', { ...at, body: { reason } })
    case 'enable':
      return api.POST('/api/v1/auth/users/{user_id}/enable', { ...at, body: { reason } })
    case 'unlock':
      return api.POST('/api/v1/auth/users/{user_id}/unlock', { ...at, body: { reason } })
    case 'password':
      return api.POST('/api/v1/auth/users/{user_id}/password', { ...at, body: { password, reason } })
  }
}
