import { AppShell, Burger, Group, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Can, useMay } from '~/access'
import { MarksOnTheirWay } from '~/attendance/Saving'
import { Comparing } from '~/conflicts/Comparing'
import { groups } from '~/nav'
import { Clock, LiveBadge } from './Clock'
import { GoNav } from './links'
import { Palette } from './Palette'
import styles from './Shell.module.css'
import { UserMenu } from './UserMenu'

/** What stands around every page: navigation by role, search, how current the screen is, who is signed in. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure()
  const path = useRouterState({ select: (state) => state.location.pathname })
  useEffect(close, [path, close])
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={16}
      transitionDuration={0}
    >
      <a className="skip" href="#page">
        Skip to content
      </a>
      <AppShell.Header>
        <Group h="100%" px={16} justify="space-between" wrap="nowrap" gap={8}>
          <Group gap={8} wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Text fw={600} visibleFrom="xs">
              Training operations
            </Text>
          </Group>
          <Group gap={12} wrap="nowrap">
            <Palette />
            <Can do="attendance:mark">
              <MarksOnTheirWay />
            </Can>
            <LiveBadge />
            <Clock />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={8} bg="var(--side)">
        <AppShell.Section grow component={ScrollArea}>
          <Navigation />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Comparing />
    </AppShell>
  )
}

function Navigation() {
  const may = useMay()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const here = entryOf(path)
  const shown = groups
    .map(({ name, entries }) => ({ name, entries: entries.filter(({ permission }) => may(permission)) }))
    .filter(({ entries }) => entries.length > 0)
  return (
    <nav aria-label="Pages">
      {shown.map(({ name, entries }) => (
        <section key={name} aria-label={name}>
          <p className={styles.group}>{name}</p>
          {entries.map(({ to, label, icon: Icon }) => (
            <GoNav
              key={to}
              to={to}
              label={label}
              leftSection={<Icon size={16} aria-hidden />}
              className={styles.entry}
              activeOptions={{ exact: true, includeSearch: false }}
              data-active={to === here || undefined}
            />
          ))}
        </section>
      ))}
    </nav>
  )
}

/** The entry a page belongs to: the nearest one above it. */
function entryOf(path: string): string | undefined {
  const above = groups
    .flatMap(({ entries }) => entries.map(({ to }) => to))
    .filter((to) => path === to || path.startsWith(to === '/' ? '//' : `${to}/`))
  return above.toSorted((one, other) => other.length - one.length)[0]
}
