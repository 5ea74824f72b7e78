import { Group } from '@mantine/core'
import { GoButton } from '~/components/links'
import type { AttendanceSearch } from '~/searches'
import { today } from '~/time'

/** Filters people come back to, by name; each is a link like any other view. */
export function Views({ search }: { search: AttendanceSearch }) {
  const on = today()
  const views: readonly { name: string; search: AttendanceSearch }[] = [
    { name: 'To mark', search: {} },
    { name: 'Today', search: { to_mark: false, from_on: on, to_on: on } },
    { name: 'All', search: { to_mark: false } }
  ]
  const here = views.find(({ search: asked }) => same(asked, search))
  return (
    <Group component="nav" aria-label="Views" gap={4} mb={8}>
      {views.map((view) => (
        <GoButton
          key={view.name}
          to="/attendance"
          search={view.search}
          size="xs"
          variant={view === here ? 'default' : 'subtle'}
          color="idle.9"
          c="var(--mantine-color-text)"
          aria-current={view === here ? 'page' : undefined}
          activeOptions={{ exact: true }}
        >
          {view.name}
        </GoButton>
      ))}
    </Group>
  )
}

function same(one: AttendanceSearch, other: AttendanceSearch): boolean {
  return told(one) === told(other)
}

function told({ from_on, to_on, state, to_mark = true }: AttendanceSearch): string {
  return JSON.stringify([from_on, to_on, state, to_mark])
}
