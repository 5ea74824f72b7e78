import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { guarded, signedIn } from './access'
import { cache } from './api/cache'
import { beginVisit } from './api/ids'
import type { Schema } from './api/client'
import { onSession } from './api/session'
import { NotFound, Refused } from './components/Refused'
import { Shell } from './components/Shell'
import { Waiting } from './components/Loaded'

// Every route on one screen: path, search, permission, page. A page is a file that exports `Page`; search parameters
// are the API's filters by their own names.

export type RunsSearch = {
  q?: string
  status?: Schema['RunStatus'][]
  sync_state?: Schema['SyncState'][]
  from_on?: string
  to_on?: string
}
export type JobsSearch = {
  state?: Schema['JobState']
  record_type?: Schema['RecordType']
  error_code?: string
  correlation_id?: string
}
export type EnrolmentsSearch = {
  run_id?: string
  trainee_id?: string
  status?: Schema['EnrolmentStatus'][]
  sync_state?: Schema['SyncState'][]
  fee_status?: Schema['FeeStatus'][]
  sponsorship?: Schema['Sponsorship']
  refund_due?: boolean
  remote_id?: string
  from_on?: string
  to_on?: string
  /** The enrolment in the side panel. */
  open?: string
}
export type LettersView = 'groups' | 'letters' | 'consumers'
export type LettersSearch = {
  view?: LettersView
  /** The group that is unfolded. */
  fingerprint?: string
  service?: string
  kind?: Schema['Kind']
  standing?: Schema['Standing']
  type?: string
  aggid?: string
  /** The letter in the side panel. */
  open?: string
}
export type DiscrepanciesSearch = {
  view?: 'list' | 'comparisons'
  code?: Schema['Code']
  state?: Schema['DiscrepancyState']
  verdict?: Schema['TpgSyncVerdict']
  record_type?: Schema['RecordType']
  run_id?: string
  /** The discrepancy in the side panel. */
  open?: string
  /** The repair of many that is followed. */
  bulk?: string
}
export type DeadlinesSearch = {
  view?: 'calendar' | 'list'
  /** The month that is shown, `2026-11`, and the day whose duties are. */
  month?: string
  day?: string
  key?: Schema['ObligationKey']
  level?: Schema['ObligationLevel']
  state?: Schema['ObligationState']
  breached?: boolean
  run_id?: string
  subject_id?: string
  older_than_days?: number
  /** The duty in the side panel. */
  open?: string
}
/** A question to the calendar, whole in the address: it can be sent to somebody. */
export type WhatIfSearch = {
  hours?: number
  began_at?: string
  limits?: { key: Schema['ObligationKey']; days: number }[]
  limits_from?: string
  at?: string
}
type QueueSearch = { key?: Schema['ObligationKey']; level?: Schema['ObligationLevel'] }
export type RunTab = 'overview' | 'sessions' | 'sync'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ back }: { back?: string }) => ({ back: local(back) }),
  component: lazyRouteComponent(() => import('./pages/SignIn'), 'Page')
})

const shell = createRoute({ getParentRoute: () => root, id: 'shell', beforeLoad: signedIn, component: Shell })

const today = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: (search: QueueSearch) => search,
  component: guarded('compliance:health', () => import('./pages/Today'))
})

const runs = createRoute({
  getParentRoute: () => shell,
  path: '/runs',
  validateSearch: (search: RunsSearch) => search,
  component: guarded('runs:view', () => import('./pages/Runs'))
})

const run = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$runId',
  validateSearch: (search: { tab?: RunTab }) => search,
  component: guarded('runs:view', () => import('./pages/Run'))
})

const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/sync',
  validateSearch: (search: JobsSearch) => search,
  component: guarded('sync:view', () => import('./pages/Jobs'))
})

const record = createRoute({
  getParentRoute: () => shell,
  path: '/sync/$recordType/$recordId',
  params: { parse: ({ recordType, recordId }) => ({ recordType: recordType as Schema['RecordType'], recordId }) },
  component: guarded('sync:view', () => import('./pages/Record'))
})

const enrolments = createRoute({
  getParentRoute: () => shell,
  path: '/enrolments',
  validateSearch: (search: EnrolmentsSearch) => search,
  component: guarded('enrolments:view', () => import('./pages/Enrolments'))
})

const deadLetters = createRoute({
  getParentRoute: () => shell,
  path: '/dead-letters',
  validateSearch: (search: LettersSearch) => search,
  component: guarded('sync:view', () => import('./pages/DeadLetters'))
})

const discrepancies = createRoute({
  getParentRoute: () => shell,
  path: '/sync/discrepancies',
  validateSearch: (search: DiscrepanciesSearch) => search,
  component: guarded('sync:view', () => import('./pages/Discrepancies'))
})

const deadlines = createRoute({
  getParentRoute: () => shell,
  path: '/compliance',
  validateSearch: (search: DeadlinesSearch) => search,
  component: guarded('compliance:view', () => import('./pages/Deadlines'))
})

const policy = createRoute({
  getParentRoute: () => shell,
  path: '/compliance/policy',
  validateSearch: (search: { name?: string }) => search,
  component: guarded('compliance:view', () => import('./pages/Policy'))
})

const whatIf = createRoute({
  getParentRoute: () => shell,
  path: '/compliance/simulate',
  validateSearch: (search: WhatIfSearch) => search,
  component: guarded('compliance:view', () => import('./pages/WhatIf'))
})

const control = [deadLetters, discrepancies, deadlines, policy, whatIf] as const

const elsewhere = createRoute({ getParentRoute: () => shell, path: '/$', component: NotFound })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([today, runs, run, enrolments, jobs, record, ...control, elsewhere])
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Waiting,
  defaultErrorComponent: Refused,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

router.subscribe('onBeforeNavigate', ({ pathChanged }) => {
  if (pathChanged) beginVisit()
})

onSession((signedIn) => {
  if (!signedIn) void leave()
})

/** To the sign-in page, and then forget what was read: while the old page still stands it may not lose its data. */
async function leave(): Promise<void> {
  const { pathname, href } = router.state.location
  if (pathname !== '/sign-in') await router.navigate({ to: '/sign-in', search: { back: href } })
  cache.clear()
}

/** Only a path of ours may be returned to. */
function local(back: unknown): string | undefined {
  return typeof back === 'string' && back.startsWith('/') && !back.startsWith('//') ? back : undefined
}
