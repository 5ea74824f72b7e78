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
export type AttendanceSearch = { from_on?: string; to_on?: string; state?: Schema['SheetState'][]; to_mark?: boolean }
type QueueSearch = { key?: Schema['ObligationKey']; level?: Schema['ObligationLevel'] }
export type RunTab = 'overview' | 'sessions' | 'attendance' | 'sync'

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

const attendance = createRoute({
  getParentRoute: () => shell,
  path: '/attendance',
  validateSearch: (search: AttendanceSearch) => search,
  component: guarded('attendance:view', () => import('./pages/Attendance'))
})

const attendanceRun = createRoute({
  getParentRoute: () => shell,
  path: '/attendance/runs/$runId',
  // The session the cursor begins in, and the mark in the side panel.
  validateSearch: (search: { session?: string; mark?: string }) => search,
  component: guarded('attendance:view', () => import('./pages/AttendanceRun'))
})

const register = createRoute({
  getParentRoute: () => shell,
  path: '/attendance/sessions/$sessionId/register',
  component: guarded('attendance:mark', () => import('./pages/Register'))
})

const checkInScreen = createRoute({
  getParentRoute: () => shell,
  path: '/attendance/sessions/$sessionId/check-in',
  component: guarded('attendance:mark', () => import('./pages/CheckInScreen'))
})

// On a trainee's phone: nobody signs in. The pass, and the code of the room, stand behind the `#`.
const CheckIn = lazyRouteComponent(() => import('./pages/CheckIn'), 'Page')
const phone = createRoute({ getParentRoute: () => root, path: '/check-in', component: CheckIn })
const checkIn = createRoute({ getParentRoute: () => root, path: '/check-in/$sessionId', component: CheckIn })

const elsewhere = createRoute({ getParentRoute: () => shell, path: '/$', component: NotFound })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    phone,
    checkIn,
    shell.addChildren([
      today,
      runs,
      run,
      enrolments,
      jobs,
      record,
      elsewhere,
      attendance,
      attendanceRun,
      register,
      checkInScreen
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
