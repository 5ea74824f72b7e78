import type { Schema } from '~/api/client'

export type Discrepancy = Schema['DiscrepancyView']
export type Code = Schema['Code']
export type Action = Schema['Action']
export type Verdict = Schema['TpgSyncVerdict']

export const codeWords: Record<Code, { word: string }> = {
  'RUN-01': { word: 'Run is missing there' },
  'RUN-02': { word: 'Run is not ours' },
  'RUN-03': { word: 'Run differs' },
  'SES-01': { word: 'Session is missing there' },
  'SES-02': { word: 'Session is not ours' },
  'SES-03': { word: 'Session differs' },
  'ENR-01': { word: 'Enrolment is missing there' },
  'ENR-02': { word: 'Enrolment is not ours' },
  'ENR-03': { word: 'Enrolment status differs' },
  'ENR-04': { word: 'Fee differs' },
  'ENR-05': { word: 'Contact differs' },
  'ENR-06': { word: 'Identity differs' },
  'ENR-07': { word: 'Enrolled twice' },
  'ATT-01': { word: 'Attendance is missing there' },
  'ATT-02': { word: 'Attendance we do not hold' },
  'ATT-03': { word: 'Attendance differs' },
  'ATT-04': { word: 'Attendance of a stranger' },
  'ATT-05': { word: 'Attendance at two places' },
  'ASM-01': { word: 'Result is missing there' },
  'ASM-02': { word: 'Result is not ours' },
  'ASM-03': { word: 'Result differs' },
  'ASM-04': { word: 'Result without a seat' },
  'TRN-01': { word: 'Trainers differ' }
}

/** What a person may decide; `done` ends a sentence that begins with the discrepancy. */
export const actionWords: Record<Action, { verb: string; done: string; destructive?: boolean }> = {
  push: { verb: 'Send ours again', done: 'is on its way to TPGateway' },
  pull: { verb: 'Take over theirs', done: 'is taken over' },
  adopt: { verb: 'Make it ours', done: 'is made ours' },
  cancel_remote: { verb: 'Cancel it there', done: 'is being cancelled at TPGateway', destructive: true },
  void_remote: { verb: 'Void it there', done: 'is being voided at TPGateway', destructive: true },
  replace: { verb: 'Cancel there, create anew', done: 'is being replaced at TPGateway', destructive: true },
  accept: { verb: 'Accept as it is', done: 'is accepted as it is' },
  assign: { verb: 'Look into it', done: 'is assigned' }
}

/** What takes away at TPGateway is decided one by one. */
export const BULK_ACTIONS = ['push', 'pull', 'replace', 'accept', 'assign'] as const satisfies readonly Action[]

export const refusalWords: Record<string, string> = {
  action_not_allowed: 'this does not mend them',
  admin_decides: 'an administrator decides',
  being_mended: 'they are being mended already',
  nothing_to_repair: 'what it would work on is not there'
}

export function discrepancyName({ code }: Pick<Discrepancy, 'code'>): string {
  return codeWords[code].word
}

/** One of the three copies a comparison looked at; `same` names the copies before it that say the same. */
export type Copy = { name: string; digest: string; same: string[] }

export function copiesOf(row: Pick<Discrepancy, 'ours_digest' | 'acked_digest' | 'theirs_digest'>): Copy[] {
  const copies = [
    { name: 'We hold', digest: row.ours_digest },
    { name: 'Last sent and acknowledged', digest: row.acked_digest },
    { name: 'TPGateway holds', digest: row.theirs_digest }
  ]
  return copies.map((copy, index) => ({
    ...copy,
    same: copies
      .slice(0, index)
      .filter(({ digest }) => digest !== '' && digest === copy.digest)
      .map(({ name }) => name.toLowerCase())
  }))
}
