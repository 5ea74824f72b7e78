import {
  Ban,
  Check,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleSlash,
  Clock,
  CopyCheck,
  Eye,
  Flag,
  GitCompareArrows,
  Hourglass,
  Inbox,
  Lock,
  LockOpen,
  type LucideIcon,
  Minus,
  Pencil,
  RefreshCw,
  Repeat,
  Replace,
  Send,
  ShieldAlert,
  Skull,
  TriangleAlert,
  Undo2,
  UserCheck,
  UserPlus,
  X
} from 'lucide-react'
import type { Schema } from './api/client'

// Every state of the domain as it is shown: a tone, a word and an icon, never colour alone. The types make this list
// complete: a state the API gains does not compile until it has a look here.

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'odd' | 'idle'
export type Look = { tone: Tone; word: string; icon: LucideIcon; help?: string }
type Looks<State extends string> = Record<State, Look>

const good = (word: string, icon: LucideIcon = Check, help?: string): Look => ({ tone: 'good', word, icon, help })
const busy = (word: string, icon: LucideIcon = RefreshCw, help?: string): Look => ({ tone: 'busy', word, icon, help })
const warn = (word: string, icon: LucideIcon = Clock, help?: string): Look => ({ tone: 'warn', word, icon, help })
const bad = (word: string, icon: LucideIcon = TriangleAlert, help?: string): Look => ({ tone: 'bad', word, icon, help })
const odd = (word: string, icon: LucideIcon = CircleHelp, help?: string): Look => ({ tone: 'odd', word, icon, help })
const idle = (word: string, icon: LucideIcon = Minus, help?: string): Look => ({ tone: 'idle', word, icon, help })

export const syncLooks: Looks<Schema['SyncState']> = {
  not_applicable: idle('Not submitted', Minus, 'Nothing is owed to TPGateway for this record.'),
  pending: busy('Waiting', Clock, 'A submission exists and has not finished.'),
  synced: good('Synced', Check, 'TPGateway holds our version.'),
  stale: warn('Behind', Clock, 'Changed here since TPGateway acknowledged it.'),
  unknown: odd('Not known', CircleHelp, 'Sent, and the reply was lost: it is read back before anything is repeated.'),
  rejected: bad('Rejected', X, 'TPGateway refused it. Mend the record, then submit it again.'),
  dead: bad('Gave up', Skull, 'Every attempt was used. Queue it again, or discard it with a reason.'),
  drifted: odd('Drifted', GitCompareArrows, 'TPGateway holds something else, without our doing.')
}

export const runLooks: Looks<Schema['RunStatus']> = {
  draft: idle('Draft', Pencil),
  open: busy('Open', CircleDot),
  confirmed: good('Confirmed', Check),
  in_progress: busy('In progress', RefreshCw),
  ended: warn('Ended', Flag, 'Taught; what is owed for it is not all done.'),
  closed: good('Closed', Lock),
  cancelled: idle('Cancelled', Ban),
  discarded: idle('Discarded', CircleSlash)
}

export const sessionLooks: Looks<Schema['SessionStatus']> = {
  planned: busy('Planned', Clock),
  held: good('Held', Check),
  cancelled: idle('Cancelled', Ban)
}

export const enrolmentLooks: Looks<Schema['EnrolmentStatus']> = {
  draft: idle('Draft', Pencil),
  waitlisted: warn('Waitlisted', Hourglass),
  offered: warn('Offered', Send),
  confirmed: good('Confirmed', Check),
  completed: good('Completed', Flag),
  cancelled: idle('Cancelled', Ban),
  withdrawn: idle('Withdrawn', Undo2),
  transferred: idle('Transferred', Replace)
}

export const feeLooks: Looks<Schema['FeeStatus']> = {
  pending: warn('Payment due', Clock),
  partial: warn('Paid in part', CircleDashed),
  full: good('Paid', Check),
  cancelled: idle('Cancelled', Ban)
}

export const markLooks: Looks<Schema['MarkState']> = {
  unmarked: idle('Not marked', Minus),
  checked_in: busy('Checked in', UserCheck),
  present: good('Present', Check),
  absent: bad('Absent', X),
  rejected: idle('Check-in rejected', Ban),
  voided: idle('Voided', CircleSlash)
}

export const markNoteLooks: Looks<Schema['MarkNote']> = {
  late: warn('Late', Clock),
  left_early: warn('Left early', Clock),
  excused: odd('Excused', CircleDot)
}

export const sheetLooks: Looks<Schema['SheetState']> = { open: busy('Open', LockOpen), locked: good('Locked', Lock) }

export const assessmentLooks: Looks<Schema['AssessmentStatus']> = {
  draft: idle('Draft', Pencil),
  final: good('Final', Lock),
  voided: idle('Voided', CircleSlash)
}

export const resultLooks: Looks<Schema['Result']> = {
  Pass: good('Competent', Check),
  Fail: bad('Not yet competent', X),
  Exempt: idle('Exempt', Minus)
}

export const proposalLooks: Looks<Schema['ProposalStatus']> = {
  open: warn('Waits for approval', Clock),
  approved: good('Approved', Check),
  declined: idle('Declined', X),
  withdrawn: idle('Withdrawn', Undo2)
}

export const certificateLooks: Looks<Schema['CertificateStatus']> = {
  valid: good('Valid', Check),
  revoked: bad('Revoked', Ban)
}

export const jobLooks: Looks<Schema['JobState']> = {
  blocked: warn('Waits for another', Hourglass, 'It may be sent only after the records it hangs on.'),
  queued: busy('Queued', Inbox),
  in_flight: busy('Being sent', Send),
  retry_wait: busy('Tries again', Repeat, 'The last call is known to have had no effect; it is repeated by itself.'),
  verifying: odd('Being checked', Eye, 'The reply was lost: it is read back before anything is repeated.'),
  succeeded: good('Done', Check),
  rejected: bad('Rejected', X, 'TPGateway refused it. Mend the record, then queue it again.'),
  dead_lettered: bad('Gave up', Skull, 'Every attempt was used. Queue it again, or discard it.'),
  superseded: idle('Superseded', Replace, 'A newer submission carries everything this one would have.'),
  cancelled: idle('Discarded', Ban)
}

export const levelLooks: Looks<Schema['ObligationLevel']> = {
  red: bad('Late or at risk', TriangleAlert),
  amber: warn('Due soon', Clock),
  green: good('On track', Check)
}

export const obligationLooks: Looks<Schema['ObligationState']> = {
  open: busy('Open', CircleDot),
  met: good('Met', Check),
  late: bad('Met late', TriangleAlert),
  waived: idle('Waived', Undo2),
  dropped: idle('No longer owed', Minus)
}

export const discrepancyLooks: Looks<Schema['DiscrepancyState']> = {
  open: warn('Open', GitCompareArrows),
  assigned: busy('Assigned', UserCheck),
  accepted: idle('Accepted', Check),
  resolved: good('Resolved', Check)
}

export const reconciliationLooks: Looks<Schema['ReconciliationState']> = {
  waiting: busy('Waiting', Clock),
  running: busy('Running', RefreshCw),
  done: good('Done', Check)
}

export const breakerLooks: Looks<Schema['BreakerState']> = {
  closed: good('Working', Check),
  half_open: warn('Being tried', RefreshCw),
  open: bad('Stopped', ShieldAlert)
}

export const batchLooks: Looks<Schema['BatchStatus']> = {
  checking: busy('Being checked', RefreshCw),
  checked: warn('Waits for you', Hourglass, 'Every row is judged; nothing is written before somebody accepts.'),
  committing: busy('Being taken', Send),
  committed: good('Done', Check)
}

export const enrolmentVerdictLooks: Looks<Schema['EnrolmentVerdict']> = {
  create: good('New person', UserPlus, 'Nobody here has this identity number.'),
  match: good('Known person', UserCheck, 'Enrolled as the person we know by this identity number.'),
  duplicate: idle('Duplicate', CopyCheck, 'The person has a place on this run, or stands in the file before.'),
  refused: bad('Refused', X, 'Something in the row has to be mended.')
}

export const attendanceVerdictLooks: Looks<Schema['AttendanceVerdict']> = {
  create: good('New mark', Check),
  change: warn('Changes a mark', Replace),
  same: idle('Same as on record', CopyCheck),
  error: bad('Refused', X, 'Something in the row has to be mended.')
}

export const erasureLooks: Looks<Schema['ErasureState']> = {
  none: idle('Not asked for', Minus),
  asked: warn('Waits for another administrator', Hourglass),
  erased: busy('Erased here', RefreshCw, 'The other services destroy their copies as they hear of it.'),
  erased_everywhere: good('Erased everywhere', Check)
}

export const userLooks: Looks<Schema['UserStatus']> = { active: good('Active', Check), disabled: idle('Disabled', Ban) }

export const clientLooks: Looks<Schema['ClientStatus']> = {
  active: good('Active', Check),
  disabled: idle('Disabled', Ban)
}

export const catalogueLooks: Looks<Schema['CatalogueStatus']> = {
  active: good('Active', Check),
  retired: idle('Retired', Ban, 'Takes no new bookings; what exists goes on.')
}

export const severityLooks: Looks<Schema['Severity']> = {
  block: bad('Must be mended', X),
  warn: warn('Worth a look', TriangleAlert)
}

export const standingLooks: Looks<Schema['Standing']> = {
  dead: bad('Dead', Skull, 'It is tried no more until somebody decides.'),
  failing: warn('Tried again', Repeat, 'It did not succeed so far; it is tried again by itself.')
}

/** A dead letter that was replayed, and came back. */
export const failedAgain: Look = bad('Failed again', Undo2, 'It was replayed, and died once more.')

export function deliveryLooks(paused: boolean): Look {
  return paused ? warn('Paused', Lock, 'Its events wait in the queue.') : good('Delivering')
}

export const verdictLooks: Looks<Schema['TpgSyncVerdict']> = {
  drift: odd('Drift', GitCompareArrows, 'TPGateway’s copy moved without our doing.'),
  conflict: bad('Conflict', TriangleAlert, 'Both copies moved, apart from each other.'),
  stale: warn('Behind', Clock, 'We are ahead: TPGateway holds what it acknowledged last.'),
  converged: idle('Converged', Check, 'Both copies moved, to the same.'),
  clean: good('Equal', Check, 'All copies are the same.')
}

export const inForce: Look = good('In force')
export const notInForce: Look = idle('Not in force')
