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
export type AuditSearch = {
  tab?: 'entries' | 'reads'
  from_at?: string
  to_at?: string
  actor_id?: string
  action?: string
  subject_type?: string
  subject_id?: string
  service?: string
  correlation_id?: string
  /** The entry in the side panel. */
  open?: number
}
export type AssessmentsSearch = {
  run_id?: string
  enrolment_id?: string
  status?: Schema['AssessmentStatus'][]
  sync_state?: Schema['SyncState'][]
  skill_code?: string
  effective?: boolean
  waiting?: boolean
  remote_id?: string
  from_on?: string
  to_on?: string
  /** The assessment in the side panel. */
  open?: string
}
export type ResultsSearch = { tab?: 'results' | 'certificates'; open?: string }
export type UsersSearch = { status?: Schema['UserStatus']; role?: Schema['Role']; open?: string }
export type ClientsSearch = { status?: Schema['ClientStatus']; open?: string }
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

const assessments = createRoute({
  getParentRoute: () => shell,
  path: '/assessments',
  validateSearch: (search: AssessmentsSearch) => search,
  component: guarded('assessments:view', () => import('./pages/Assessments'))
})

const results = createRoute({
  getParentRoute: () => shell,
  path: '/assessments/runs/$runId',
  validateSearch: (search: ResultsSearch) => search,
  component: guarded('assessments:view', () => import('./pages/Results'))
})

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: (search: AuditSearch) => search,
  component: guarded('audit:read', () => import('./pages/Audit'))
})

const everything = createRoute({
  getParentRoute: () => shell,
  path: '/ids/$id',
  component: lazyRouteComponent(() => import('./pages/Everything'), 'Page')
})

const users = createRoute({
  getParentRoute: () => shell,
  path: '/admin/users',
  validateSearch: (search: UsersSearch) => search,
  component: guarded('users:view', () => import('./pages/Users'))
})

const roles = createRoute({
  getParentRoute: () => shell,
  path: '/admin/roles',
  component: guarded('users:view', () => import('./pages/Roles'))
})

const clients = createRoute({
  getParentRoute: () => shell,
  path: '/admin/clients',
  validateSearch: (search: ClientsSearch) => search,
  component: guarded('clients:view', () => import('./pages/Clients'))
})

const verify = createRoute({
  getParentRoute: () => root,
  path: '/verify/$code',
  component: lazyRouteComponent(() => import('./pages/Verify'), 'Page')
})

const verifyAny = createRoute({
  getParentRoute: () => root,
  path: '/verify',
  component: lazyRouteComponent(() => import('./pages/Verify'), 'Page')
})

const elsewhere = createRoute({ getParentRoute: () => shell, path: '/$', component: NotFound })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    verify,
    verifyAny,
    shell.addChildren([
      today,
      runs,
      run,
      enrolments,
      jobs,
      record,
      assessments,
      results,
      audit,
      everything,
      users,
      roles,
      clients,
      elsewhere
    ])
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
