import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { GoButton } from '~/components/links'
import { LISTS, MyViews } from './MyViews'
import { same, type Search } from './savedViews'

export type BuiltIn = { name: string; search: Search; to?: '/enrolments/waitlist' }

type Props = {
  list: keyof typeof LISTS
  /** The list's address as it is now; null on a page beside it. */
  search: Search | null
  builtIn?: readonly BuiltIn[]
  /** To the right: which columns are shown. */
  children?: ReactNode
}

const ALL: readonly BuiltIn[] = [{ name: 'All', search: {} }]

/** Views of a list: those everybody has, and one's own. Each is a link like any other address. */
export function ViewBar({ list, search, builtIn = ALL, children }: Props) {
  return (
    <Group component="nav" aria-label="Views" gap={4} mb={8}>
      {builtIn.map((view) => {
        const here = view.to === undefined ? search !== null && same(view.search, search) : search === null
        return (
          <GoButton
            key={view.name}
            to={view.to ?? LISTS[list]}
            // What each list takes is checked where its views are written.
            search={view.search as never}
            size="xs"
            variant={here ? 'default' : 'subtle'}
            color="idle.9"
            c="var(--mantine-color-text)"
            aria-current={here ? 'page' : undefined}
            activeOptions={{ exact: true }}
          >
            {view.name}
          </GoButton>
        )
      })}
      <MyViews list={list} search={search} />
      {children}
    </Group>
  )
}
