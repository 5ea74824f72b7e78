import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { guarded, signedIn } from './access'
import { cache } from './api/cache'
import { beginVisit } from './api/ids'
import type { Schema } from './api/client'
import { onSession } from './api/session'
import { NotFound, Refused } from './components/Refused'
import { Shell } from './components/Shell'
import { Waiting } from './components/Loaded'
import type {
  AssessmentsSearch,
  AttendanceSearch,
  AuditSearch,
  CalendarSearch,
  ClientsSearch,
  DeadlinesSearch,
  DiscrepanciesSearch,
  EmployersSearch,
  EnrolmentsSearch,
  ImportSearch,
  JobsSearch,
  LettersSearch,
  QueueSearch,
  ResultsSearch,
  RunSearch,
  RunsSearch,
  UsersSearch,
  WhatIfSearch
} from './searches'

// Every route on one screen: path, search, permission, page. A page is a file that exports `Page`; search parameters
// are the API's filters by their own names.

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

const newRun = createRoute({
  getParentRoute: () => shell,
  path: '/runs/new',
  validateSearch: (search: { from?: string }) => search,
  component: guarded('runs:write', () => import('./pages/NewRun'))
})

const planRun = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$runId/plan',
  component: guarded('runs:write', () => import('./pages/PlanRun'))
})

const calendar = createRoute({
  getParentRoute: () => shell,
  path: '/calendar',
  validateSearch: (search: CalendarSearch) => search,
  component: guarded('runs:view', () => import('./pages/Calendar'))
})

const run = createRoute({
  getParentRoute: () => shell,
  path: '/runs/$runId',
  validateSearch: (search: RunSearch) => search,
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
const marking = [attendance, attendanceRun, register, checkInScreen] as const

const enrolmentUpload = createRoute({
  getParentRoute: () => shell,
  path: '/enrolments/import',
  validateSearch: (search: { run_id?: string }) => search,
  component: guarded('enrolments:import', () => import('./pages/EnrolmentUpload'))
})

const enrolmentImport = createRoute({
  getParentRoute: () => shell,
  path: '/enrolments/imports/$importId',
  validateSearch: (search: ImportSearch) => search,
  component: guarded('enrolments:import', () => import('./pages/EnrolmentImport'))
})

const attendanceUpload = createRoute({
  getParentRoute: () => shell,
  path: '/attendance/import',
  validateSearch: (search: { run_id?: string }) => search,
  component: guarded('attendance:import', () => import('./pages/AttendanceUpload'))
})

const attendanceImport = createRoute({
  getParentRoute: () => shell,
  path: '/attendance/imports/$importId',
  validateSearch: (search: ImportSearch) => search,
  component: guarded('attendance:import', () => import('./pages/AttendanceImport'))
})

const newEnrolment = createRoute({
  getParentRoute: () => shell,
  path: '/enrolments/new',
  validateSearch: (search: { run_id?: string; trainee_id?: string }) => search,
  component: guarded('enrolments:write', () => import('./pages/NewEnrolment'))
})

const waitlist = createRoute({
  getParentRoute: () => shell,
  path: '/enrolments/waitlist',
  validateSearch: (search: { run_id?: string; open?: string }) => search,
  component: guarded('enrolments:view', () => import('./pages/Waitlist'))
})

const trainees = createRoute({
  getParentRoute: () => shell,
  path: '/trainees',
  validateSearch: (search: { run_id?: string; erasable?: boolean }) => search,
  component: guarded('trainees:view', () => import('./pages/Trainees'))
})

const trainee = createRoute({
  getParentRoute: () => shell,
  path: '/trainees/$traineeId',
  component: guarded('trainees:view', () => import('./pages/Trainee'))
})

const employers = createRoute({
  getParentRoute: () => shell,
  path: '/employers',
  validateSearch: (search: EmployersSearch) => search,
  component: guarded('enrolments:view', () => import('./pages/Employers'))
})

const people = [newEnrolment, waitlist, trainees, trainee, employers] as const

const importing = [enrolmentUpload, enrolmentImport, attendanceUpload, attendanceImport] as const

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

const assessing = [assessments, results] as const
const administering = [users, roles, clients] as const

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

const planning = [newRun, planRun, calendar] as const

const elsewhere = createRoute({ getParentRoute: () => shell, path: '/$', component: NotFound })

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    phone,
    checkIn,
    verify,
    verifyAny,
    shell.addChildren([
      today,
      runs,
      ...planning,
      run,
      enrolments,
      ...importing,
      ...people,
      ...marking,
      ...assessing,
      jobs,
      record,
      ...control,
      audit,
      everything,
      ...administering,
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
