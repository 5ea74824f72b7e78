import { useState } from 'react'
import { api } from '~/api/client'
import { ifMatch } from '~/api/command'
import { ReasonField, useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { DaysField } from '~/planning/Fields'
import { moved, planOf } from '~/planning/plan'
import { SessionTimes } from '~/planning/SessionTimes'
import { useTrial, withRefused, wrongAt } from '~/planning/useTrial'
import { runName } from '~/runs/RunName'
import type { Run } from '~/runs/actions'
import { ChangeForm } from './ChangeForm'
import { numbersOf } from './changes'
import planning from '~/planning/planning.module.css'
import styles from './replanning.module.css'
import { useChange } from './useChange'
import { rescheduleWish } from './wishes'

/** Other days for the run and all its sessions, in one step. */
export function RescheduleForm({ run, choices, close }: { run: Run; choices: Choices; close: () => void }) {
  const opened = useOpened(run)
  const [before] = useState(() => planOf(opened))
  const [plan, setPlan] = useState(before)
  const reason = useReason()
  const trial = useTrial(plan, run.id)
  const change = useChange(
    plan,
    (after, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/reschedule', {
        params: { path: { run_id: run.id }, header: ifMatch(run) },
        headers,
        body: { ...rescheduleWish(before, after).wish, reason: reason.text }
      }),
    (answer) => `${runName({ ...answer, remote_id: answer.sync.remote_id })} is rescheduled.`,
    close
  )
  function save() {
    if (!reason.check()) return
    if (plan === before) close()
    else change.save()
  }
  // The API counts the sessions that were sent; here each has its place in the whole plan.
  const places = change.refused.length > 0 ? rescheduleWish(before, plan).places : []
  const refused = change.refused.map((problem) => ({
    ...problem,
    field: problem.field.replace(/^sessions\.(\d+)/, (_, at: string) => `sessions.${places[Number(at)] ?? at}`)
  }))
  const told = withRefused(trial, refused)
  const numberOf = numbersOf(opened)
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, refused, close, save }}
      concerns={({ field }) => /^(start_on|end_on|registration_|sessions\.)/.test(field)}
      verb="Reschedule run"
      busy={change.busy}
    >
      <DaysField
        id="start_on"
        label="Held"
        description="Sessions move along with the first day."
        value={plan.held}
        set={(held) => setPlan(moved(plan, held))}
        error={wrongAt(told, 'start_on') ?? wrongAt(told, 'end_on')}
      />
      <DaysField
        id="registration_opens_on"
        label="Registration"
        value={plan.registration}
        set={(registration) => setPlan({ ...plan, registration })}
        error={wrongAt(told, 'registration_opens_on') ?? wrongAt(told, 'registration_closes_on')}
      />
      <ol className={styles.moves} aria-label="Sessions, SGT">
        {plan.sessions.map((session, place) => (
          <li key={session.key} aria-label={`Session ${numberOf(place)}`}>
            <span className={planning.number}>{numberOf(place)}</span>
            <SessionTimes
              at={`sessions.${place}`}
              name={`Session ${numberOf(place)}`}
              session={session}
              change={(next) => setPlan({ ...plan, sessions: plan.sessions.with(place, next) })}
              held={plan.held}
              wrong={(field) => wrongAt(told, `sessions.${place}.${field}`)}
            />
          </li>
        ))}
      </ol>
      <ReasonField {...reason} />
    </ChangeForm>
  )
}
