import { Group } from '@mantine/core'
import { GoButton } from '~/components/links'
import type { EnrolmentsSearch } from '~/searches'

/** Filters people come back to, by name; each is a link like any other view. A queue has a page of its own. */
const views: readonly { name: string; search: EnrolmentsSearch; to?: '/enrolments/waitlist' }[] = [
  { name: 'All', search: {} },
  { name: 'Drafts', search: { status: ['draft'] } },
  { name: 'Waiting list', search: {}, to: '/enrolments/waitlist' },
  { name: 'Confirmed', search: { status: ['confirmed'] } },
  { name: 'Payment due', search: { status: ['confirmed', 'completed'], fee_status: ['pending', 'partial'] } },
  { name: 'Refund due', search: { refund_due: true } },
  { name: 'Not synced', search: { sync_state: ['pending', 'stale', 'unknown', 'rejected', 'dead', 'drifted'] } },
  { name: 'Sync needs a person', search: { sync_state: ['rejected', 'dead', 'drifted'] } }
]

/** `search` is the list's; null on the page of the queue. */
export function Views({ search }: { search: EnrolmentsSearch | null }) {
  return (
    <Group component="nav" aria-label="Views" gap={4} mb={8}>
      {views.map((view) => {
        const here = view.to === undefined ? search !== null && same(view.search, search) : search === null
        return (
          <GoButton
            key={view.name}
            to={view.to ?? '/enrolments'}
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
