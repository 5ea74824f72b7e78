import type { Permission } from '~/access'
import { clockTime, instant } from '~/time'
import type { Mark, State } from './marks'
import { hasBegun, type Column, type Line } from './sheets'

/** Why a mark cannot be made by a key; `correct` opens the way for who may change a locked sheet, with a reason. */
export type Refusal = { says: string; correct?: true }

const WHO_CORRECTS = 'Operations staff and administrators hold it, and give a reason.'

/** Whether this person may mark this line now. The server judges again; this saves walking into walls. */
export function refusalOf(
  { summary, sheet }: Column,
  line: Line | null,
  now: { state: State; mark: Mark },
  may: (permission: Permission) => boolean
): Refusal | null {
  const session = `Session ${summary.sequence}`
  if (!may('attendance:mark')) return { says: 'Marking needs the permission attendance:mark.' }
  if (summary.session_status === 'cancelled') return { says: `${session} does not take place.` }
  if (!hasBegun(summary.start_at)) return { says: `${session} begins ${instant(summary.start_at)}. Mark from then on.` }
  if (sheet === null || line === null)
    return { says: `This person is not on the sheet of session ${summary.sequence}.` }
  if (!line.seated) return { says: 'This person did not hold a seat when the session began.' }
  if (now.state === 'voided' || now.state === 'rejected')
    return { says: `This mark is ${now.state}. Open it with the space bar to mark it again.` }
  if (line.method === 'singpass_qr' && now.state === 'present' && now.mark.state === 'absent')
    return { says: 'TPGateway holds an official scan. Open it with the space bar to void it with a reason.' }
  if (sheet.state === 'open') return null
  if (may('attendance:correct')) return { says: `${session} is locked: say why you change it.`, correct: true }
  return { says: `${session} is locked. A change needs the permission attendance:correct. ${WHO_CORRECTS}` }
}

/** `09:00–12:00` */
export function hours({ start_at, end_at }: { start_at: string; end_at: string }): string {
  return `${clockTime(start_at)}–${clockTime(end_at)}`
}
