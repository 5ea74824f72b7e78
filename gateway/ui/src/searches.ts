import type { Schema } from './api/client'
import type { Verdict } from './imports/kinds'

// What stands in the address of each page: the API's filters by their own names, and what is open beside the list.

export type RunsSearch = {
  /** Ids of the columns shown; all without it. */
  columns?: string[]
  q?: string
  status?: Schema['RunStatus'][]
  sync_state?: Schema['SyncState'][]
  from_on?: string
  to_on?: string
}
export type JobsSearch = {
  /** Ids of the columns shown; all without it. */
  columns?: string[]
  state?: Schema['JobState']
  record_type?: Schema['RecordType']
  error_code?: string
  correlation_id?: string
}
export type EnrolmentsSearch = {
  /** Ids of the columns shown; all without it. */
  columns?: string[]
  run_id?: string
  trainee_id?: string
  employer_id?: string
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
export type EmployersSearch = { q?: string; open?: string }
export type CoursesSearch = { q?: string; status?: Schema['CatalogueStatus']; funded?: boolean; open?: string }
export type TrainersSearch = { role?: 1 | 2; status?: Schema['CatalogueStatus']; open?: string }
export type VenuesSearch = { q?: string; status?: Schema['CatalogueStatus']; open?: string }
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
export type QueueSearch = { key?: Schema['ObligationKey']; level?: Schema['ObligationLevel'] }
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
  /** Ids of the columns shown; all without it. */
  columns?: string[]
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
export type CalendarSearch = {
  /** The Monday of the week shown. */
  week?: string
  lanes?: 'rooms' | 'people'
  /** The session in the side panel. */
  open?: string
}
export type RunTab = 'overview' | 'sessions' | 'attendance' | 'sync'
/** Changes to a run's plan, by the API's names of them. */
export type PlanChange =
  'reschedule' | 'change_venue' | 'change_trainers' | 'edit' | 'add_session' | 'add_makeup_session' | 'move_session'
export type RunSearch = {
  tab?: RunTab
  /** The change in the side panel, and the session it is about. */
  change?: PlanChange
  session?: string
}
export type ImportSearch = { verdict?: Verdict; again?: boolean }
