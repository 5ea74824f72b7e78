import {
  CalendarClock,
  FlaskConical,
  Gauge,
  GitCompareArrows,
  GraduationCap,
  Send,
  Skull,
  Users,
  type LucideIcon
} from 'lucide-react'
import type { Permission } from './access'

export type Entry = {
  to:
    | '/'
    | '/runs'
    | '/enrolments'
    | '/sync'
    | '/dead-letters'
    | '/sync/discrepancies'
    | '/compliance'
    | '/compliance/simulate'
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
      { to: '/enrolments', label: 'Enrolments', icon: Users, permission: 'enrolments:view' }
    ]
  },
  {
    name: 'TPGateway',
    entries: [
      { to: '/sync', label: 'Sync', icon: Send, permission: 'sync:view' },
      { to: '/dead-letters', label: 'Dead letters', icon: Skull, permission: 'sync:view' },
      { to: '/sync/discrepancies', label: 'Discrepancies', icon: GitCompareArrows, permission: 'sync:view' }
    ]
  }
]
