import type { Schema } from '~/api/client'

type Duty = Pick<Schema['ObligationView'], 'key' | 'state'>

/** Whether somebody still has to look at it. What was met late is not done with: it stays red until it is waived. */
export function stands({ state }: Pick<Duty, 'state'>): boolean {
  return state === 'open' || state === 'late'
}

/** The one thing to do next about a duty, in two or three words. */
export function nextStep({ key, state }: Duty): string {
  if (state === 'late') return 'Have it waived'
  return state === 'open' ? steps[key] : 'See its run'
}

const steps: Record<Schema['ObligationKey'], string> = {
  run_publish: 'Publish the run',
  sessions_submit: 'See its submission',
  run_confirm: 'Confirm the run',
  trainer_assigned: 'Assign a trainer',
  enrolment_submit: 'See its enrolments',
  enrolment_ack: 'See its submission',
  fee_status_initial: 'Record the fee',
  fee_status_update: 'Record the payment',
  attendance_marked: 'Mark attendance',
  attendance_submit: 'See its attendance',
  attendance_threshold_risk: 'See its attendance',
  assessment_record: 'Enter results',
  assessment_submit: 'See its results',
  makeup_complete: 'Plan a make-up session',
  reconcile_run: 'Compare with TPGateway',
  run_close: 'Close the run',
  certificate_issue: 'Issue certificates',
  survey_notice: 'Remind of the survey',
  record_retention: 'Keep the records'
}

export const dutyChoices: Record<Schema['ObligationKey'], { word: string }> = {
  run_publish: { word: 'Publish run' },
  sessions_submit: { word: 'Submit sessions' },
  run_confirm: { word: 'Confirm run' },
  trainer_assigned: { word: 'Assign trainer' },
  enrolment_submit: { word: 'Submit enrolment' },
  enrolment_ack: { word: 'Enrolment acknowledged' },
  fee_status_initial: { word: 'First fee status' },
  fee_status_update: { word: 'Fee status update' },
  attendance_marked: { word: 'Mark attendance' },
  attendance_submit: { word: 'Submit attendance' },
  attendance_threshold_risk: { word: 'Attendance at risk' },
  assessment_record: { word: 'Record assessment' },
  assessment_submit: { word: 'Submit assessment' },
  makeup_complete: { word: 'Complete make-up' },
  reconcile_run: { word: 'Reconcile run' },
  run_close: { word: 'Close run' },
  certificate_issue: { word: 'Issue certificate' },
  survey_notice: { word: 'Survey notice' },
  record_retention: { word: 'Keep records' }
}

/** What ends a duty well: the event or the act that meets it. */
export const metBy: Record<Schema['ObligationKey'], string> = {
  run_publish: 'TPGateway acknowledges the run',
  sessions_submit: 'TPGateway names the session',
  run_confirm: 'The run is confirmed, or cancelled',
  trainer_assigned: 'A trainer is on the run',
  enrolment_submit: 'The enrolment is handed over to be sent',
  enrolment_ack: 'TPGateway acknowledges the enrolment',
  fee_status_initial: 'TPGateway acknowledges the first fee status',
  fee_status_update: 'TPGateway acknowledges the changed fee status',
  attendance_marked: 'The attendance sheet is complete',
  attendance_submit: 'TPGateway acknowledges all attendance',
  attendance_threshold_risk: 'The required rate is within reach again, or the run is over',
  assessment_record: 'The result is final',
  assessment_submit: 'TPGateway acknowledges the result',
  makeup_complete: 'Attendance and result are enough, or the trainee has left',
  reconcile_run: 'Nothing of the run differs at TPGateway any more',
  run_close: 'The run is closed',
  certificate_issue: 'The certificate is issued',
  survey_notice: 'Its day passes',
  record_retention: 'Its last day passes'
}
