import { CalendarDays, Gauge, GraduationCap, Send, Users, type LucideIcon } from 'lucide-react'
import type { Permission } from './access'

export type Entry = {
  to: '/' | '/runs' | '/calendar' | '/enrolments' | '/sync'
  label: string
  icon: LucideIcon
  permission: Permission
}

/** The navigation and the palette, group by group; a page that is not a record's own stands here. */
export const groups: { name: string; entries: Entry[] }[] = [
  { name: 'Today', entries: [{ to: '/', label: 'Compliance', icon: Gauge, permission: 'compliance:health' }] },
  {
    name: 'Delivery',
    entries: [
      { to: '/runs', label: 'Runs', icon: GraduationCap, permission: 'runs:view' },
      { to: '/calendar', label: 'Calendar', icon: CalendarDays, permission: 'runs:view' },
      { to: '/enrolments', label: 'Enrolments', icon: Users, permission: 'enrolments:view' }
    ]
  },
  { name: 'TPGateway', entries: [{ to: '/sync', label: 'Sync', icon: Send, permission: 'sync:view' }] }
]
