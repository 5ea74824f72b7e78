import {
  Award,
  BookOpen,
  Building2,
  CalendarClock,
  CalendarDays,
  ClipboardCheck,
  Contact,
  FlaskConical,
  Gauge,
  GitCompareArrows,
  GraduationCap,
  KeyRound,
  MapPin,
  Presentation,
  ScrollText,
  Send,
  ShieldUser,
  Skull,
  UserCog,
  Users,
  type LucideIcon
} from 'lucide-react'
import type { Permission } from './access'

export type Entry = {
  to:
    | '/'
    | '/runs'
    | '/calendar'
    | '/enrolments'
    | '/attendance'
    | '/assessments'
    | '/trainees'
    | '/employers'
    | '/courses'
    | '/trainers'
    | '/venues'
    | '/sync'
    | '/dead-letters'
    | '/sync/discrepancies'
    | '/compliance'
    | '/compliance/simulate'
    | '/audit'
    | '/admin/users'
    | '/admin/roles'
    | '/admin/clients'
  label: string
  icon: LucideIcon
  permission: Permission
}

/** The navigation and the palette, group by group; a page that is not a record's own stands here. */
export const groups: { name: string; entries: Entry[] }[] = [
  {
    name: 'Today',
    entries: [
      { to: '/', label: 'Compliance', icon: Gauge, permission: 'compliance:health' },
      { to: '/compliance', label: 'Deadlines', icon: CalendarClock, permission: 'compliance:view' },
      { to: '/compliance/simulate', label: 'What if', icon: FlaskConical, permission: 'compliance:view' }
    ]
  },
  {
    name: 'Delivery',
    entries: [
      { to: '/runs', label: 'Runs', icon: GraduationCap, permission: 'runs:view' },
      { to: '/calendar', label: 'Calendar', icon: CalendarDays, permission: 'runs:view' },
      { to: '/enrolments', label: 'Enrolments', icon: Users, permission: 'enrolments:view' },
      { to: '/attendance', label: 'Attendance', icon: ClipboardCheck, permission: 'attendance:view' },
      { to: '/assessments', label: 'Assessments', icon: Award, permission: 'assessments:view' },
      { to: '/trainees', label: 'Trainees', icon: Contact, permission: 'trainees:view' },
      { to: '/employers', label: 'Employers', icon: Building2, permission: 'enrolments:view' }
    ]
  },
  {
    name: 'Catalogue',
    entries: [
      { to: '/courses', label: 'Courses', icon: BookOpen, permission: 'courses:view' },
      { to: '/trainers', label: 'Trainers', icon: Presentation, permission: 'trainers:view' },
      { to: '/venues', label: 'Venues', icon: MapPin, permission: 'courses:view' }
    ]
  },
  {
    name: 'TPGateway',
    entries: [
      { to: '/sync', label: 'Sync', icon: Send, permission: 'sync:view' },
      { to: '/dead-letters', label: 'Dead letters', icon: Skull, permission: 'sync:view' },
      { to: '/sync/discrepancies', label: 'Discrepancies', icon: GitCompareArrows, permission: 'sync:view' }
    ]
  },
  { name: 'Oversight', entries: [{ to: '/audit', label: 'Audit log', icon: ScrollText, permission: 'audit:read' }] },
  {
    name: 'Admin',
    entries: [
      { to: '/admin/users', label: 'Users', icon: UserCog, permission: 'users:view' },
      { to: '/admin/roles', label: 'Roles', icon: ShieldUser, permission: 'users:view' },
      { to: '/admin/clients', label: 'Clients', icon: KeyRound, permission: 'clients:view' }
    ]
  }
]
