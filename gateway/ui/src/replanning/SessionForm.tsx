import { useMemo, type ReactNode } from 'react'
import { ReasonField, type Reason } from '~/components/Reason'
import type { Choices } from '~/planning/choices'
import { planOf, type PlannedSession } from '~/planning/plan'
import { SessionFields } from '~/planning/SessionFields'
import { useTrial, withRefused, wrongAt, type Trial } from '~/planning/useTrial'
import type { Run } from '~/runs/actions'
import { ChangeForm } from './ChangeForm'
import { numbersOf } from './changes'
import styles from './replanning.module.css'
import type { useChange } from './useChange'

type Props = {
  run: Run
  opened: Run
  choices: Choices
  /** Where it stands in the plan, and what is typed of it. */
  place: number
  typed: PlannedSession
  set: (session: PlannedSession) => void
  reason: Reason
  makeup?: boolean
  verb: string
  change: ReturnType<typeof useChange>
  save: () => void
  close: () => void
  /** Fields of its own, below the session's. */
  children?: ReactNode
}

/** One session of a published run as it is typed, judged as part of the whole plan. */
export function SessionForm(props: Props) {
  const { run, opened, choices, place, typed, set, reason, makeup = false, verb, change, save, close } = props
  const before = useMemo(() => planOf(opened), [opened])
  const plan = useMemo(
    () => ({ ...before, sessions: before.sessions.toSpliced(place, 1, typed) }),
    [before, place, typed]
  )
  const at = `sessions.${place}`
  const refused = change.refused.map((problem) => ({ ...problem, field: `${at}.${problem.field}` }))
  const trial = judgedAs(makeup, useTrial(plan, run.id))
  const told = withRefused(trial, refused)
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, refused, verb, close, save }}
      // Sessions that stood did not share time: where two do now, this one is why, whichever comes second.
      concerns={({ field, code }) => field.startsWith(`${at}.`) || code === 'overlap'}
      clashesOf={(session) => session === place}
      busy={change.busy}
    >
      <div className={styles.session}>
        <SessionFields
          at={at}
          name={`Session ${numbersOf(opened)(place)}`}
          alone
          session={typed}
          change={set}
          held={makeup ? [run.start_on, null] : before.held}
          runVenueId={before.venueId}
          people={before.people}
          choices={choices}
          wrong={(field) => wrongAt(told, `${at}.${field}`)}
        />
      </div>
      {props.children}
      <ReasonField {...reason} />
    </ChangeForm>
  )
}

/** The rules of a plan are not those of a make-up session: of its trial only who is busy counts. */
function judgedAs(makeup: boolean, trial: Trial): Trial {
  if (!makeup || trial.found === undefined) return trial
  return { ...trial, found: { ...trial.found, errors: [], warnings: [] } }
}
