import { ActionIcon, Button, Group, Menu, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { KeyRound, LogOut, Moon, Sun, User } from 'lucide-react'
import { useState } from 'react'
import { useMe } from '~/access'
import { asProblem } from '~/api/problem'
import { signOut } from '~/api/session'
import { tellProblem } from './notices'
import { OwnPassword } from './OwnPassword'

/** Who is signed in, with which roles; and the way out. */
export function UserMenu() {
  const me = useMe()
  const [changing, change] = useState(false)
  return (
    <Group gap={4} wrap="nowrap">
      <Scheme />
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="idle"
            px={8}
            leftSection={<User size={16} aria-hidden />}
            aria-label={me.name}
          >
            <Text size="sm" visibleFrom="sm" c="var(--mantine-color-text)">
              {me.name}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.email}
            <br />
            {me.roles.join(', ')}
          </Menu.Label>
          <Menu.Item leftSection={<KeyRound size={16} aria-hidden />} onClick={() => change(true)}>
            Change password
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={leave}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {changing && <OwnPassword close={() => change(false)} />}
    </Group>
  )
}

function leave(): void {
  void signOut().catch((error: unknown) => tellProblem(asProblem(error)))
}

/** Light or dark; the system decides until somebody does. */
function Scheme() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  return (
    <ActionIcon
      size={32}
      aria-label={dark ? 'Light screen' : 'Dark screen'}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      {dark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
    </ActionIcon>
  )
}
