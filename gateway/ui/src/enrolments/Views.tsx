import type { ReactNode } from 'react'
import type { EnrolmentsSearch } from '~/searches'
import { ViewBar, type BuiltIn } from '~/views/ViewBar'

/** Filters people come back to, by name. A queue has a page of its own. */
const views: readonly (BuiltIn & { search: EnrolmentsSearch })[] = [
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
export function Views({ search, children }: { search: EnrolmentsSearch | null; children?: ReactNode }) {
  return (
    <ViewBar list="enrolments" search={search} builtIn={views}>
      {children}
    </ViewBar>
  )
}
