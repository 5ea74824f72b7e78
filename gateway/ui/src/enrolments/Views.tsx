import { Group } from '@mantine/core'
import { GoButton } from '~/components/links'
import type { EnrolmentsSearch } from '~/routes'

/** Filters people come back to, by name; each is a link like any other view. */
const views: readonly { name: string; search: EnrolmentsSearch }[] = [
  { name: 'All', search: {} },
  { name: 'Drafts', search: { status: ['draft'] } },
  { name: 'Waiting list', search: { status: ['waitlisted', 'offered'] } },
  { name: 'Confirmed', search: { status: ['confirmed'] } },
  { name: 'Payment due', search: { status: ['confirmed', 'completed'], fee_status: ['pending', 'partial'] } },
  { name: 'Refund due', search: { refund_due: true } },
  { name: 'Not synced', search: { sync_state: ['pending', 'stale', 'unknown', 'rejected', 'dead', 'drifted'] } },
  { name: 'Sync needs a person', search: { sync_state: ['rejected', 'dead', 'drifted'] } }
]

export function Views({ search }: { search: EnrolmentsSearch }) {
  return (
    <Group component="nav" aria-label="Views" gap={4} mb={8}>
      {views.map((view) => {
        const here = same(view.search, search)
        return (
          <GoButton
            key={view.name}
            to="/enrolments"
            search={view.search}
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
    </Group>
  )
}

function same(one: EnrolmentsSearch, other: EnrolmentsSearch): boolean {
  return told(one) === told(other)
}

function told(search: EnrolmentsSearch): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined)
  return JSON.stringify(given.toSorted(([one], [other]) => one.localeCompare(other)))
}
