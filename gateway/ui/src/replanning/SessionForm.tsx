import { Select } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch } from '~/api/command'
import { newId } from '~/api/ids'
import { ReasonField, useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { nextSession, planOf, sessionOf, sessionWish, type PlannedSession } from '~/planning/plan'
import { SessionFields } from '~/planning/SessionFields'
import { useTrial, withRefused, wrongAt } from '~/planning/useTrial'
import type { Run } from '~/runs/actions'
import { day, dayOf } from '~/time'
import { ChangeForm } from './ChangeForm'
import { numbersOf } from './changes'
import styles from './replanning.module.css'
import { useChange } from './useChange'
import { sessionPatch } from './wishes'

type Props = { run: Run; choices: Choices; close: () => void }
type Session = Schema['SessionView']
type Asked = { typed: PlannedSession; reason: string | null }

/** Another time, mode, room or people for one session that lies ahead. */
export function MoveSession({ run, choices, close, session }: Props & { session: Session }) {
  const opened = useOpened(run)
  const [before] = useState(() => sessionOf(session))
  const place = planOf(opened).sessions.findIndex(({ key }) => key === session.id)
  const change = useChange<Asked, Session>(
    ({ typed, reason }, headers) =>
      api.PATCH('/api/v1/course-runs/{run_id}/sessions/{session_id}', {
        params: { path: { run_id: run.id, session_id: session.id }, header: ifMatch(run) },
        headers,
        body: { ...sessionPatch(before, typed), reason }
      }),
    ({ sequence }) => `Session ${sequence} is changed.`,
    close
  )
  function save(typed: PlannedSession, reason: string) {
    if (Object.keys(sessionPatch(before, typed)).length === 0) close()
    else void change.run({ typed, reason: reason || null })
  }
  return <SessionForm {...{ run, opened, choices, close, place, save, change }} start={before} verb="Change session" />
}

/** One more session; a make-up session may lie after the run's end. */
export function AddSession({ run, choices, close, makeup = false }: Props & { makeup?: boolean }) {
  const opened = useOpened(run)
  const before = planOf(opened)
  const [start] = useState(() => ({ ...nextSession(before, newId()), ...(makeup && { on: null }) }))
  const [makeupFor, setMakeupFor] = useState<string | null>(null)
  const change = useChange<Asked, Session>(
    ({ typed, reason }, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/sessions', {
        params: { path: { run_id: run.id } },
        headers,
        body: { ...sessionWish(typed), is_makeup: makeup, makeup_for: makeupFor, reason }
      }),
    ({ sequence }) => `Session ${sequence} is added.`,
    close
  )
  const save = (typed: PlannedSession, reason: string) => void change.run({ typed, reason: reason || null })
  const held = run.sessions.filter(({ status }) => status === 'held')
  return (
    <SessionForm
      {...{ run, opened, choices, close, save, change, start }}
      place={before.sessions.length}
      makeup={makeup}
      verb={makeup ? 'Add make-up session' : 'Add session'}
    >
      {makeup && (
        <Select
          id="makeup_for"
          label="Makes up for"
          placeholder="No session in particular"
          clearable
          clearButtonProps={{ 'aria-label': 'No session in particular' }}
          data={held.map(({ id, sequence, start_at }) => ({
            value: id,
            label: `Session ${sequence}, ${day(dayOf(start_at))}`
          }))}
          value={makeupFor}
          onChange={setMakeupFor}
        />
      )}
    </SessionForm>
  )
}

type Form = Props & {
  opened: Run
  start: PlannedSession
  /** Where it stands in the plan. */
  place: number
  makeup?: boolean
  verb: string
  change: Pick<ReturnType<typeof useChange<Asked, Session>>, 'busy' | 'refused'>
  save: (typed: PlannedSession, reason: string) => void
  children?: ReactNode
}

function SessionForm({
  run,
  opened,
  choices,
  close,
  start,
  place,
  makeup = false,
  verb,
  change,
  save,
  children
}: Form) {
  const [typed, setTyped] = useState(start)
  const reason = useReason({ required: false })
  const before = planOf(opened)
  const plan = { ...before, sessions: before.sessions.toSpliced(place, 1, typed) }
  const at = `sessions.${place}`
  const refused = change.refused.map((problem) => ({ ...problem, field: `${at}.${problem.field}` }))
  const trial = useTrial(plan, run.id)
  const told = withRefused(trial, refused)
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, refused, verb, close }}
      // Sessions that stood did not share time: where two do now, this one is why, whichever comes second.
      concerns={({ field, code }) => !makeup && (field.startsWith(`${at}.`) || code === 'overlap')}
      clashesOf={(session) => session === place}
      busy={change.busy}
      save={() => reason.check() && save(typed, reason.text)}
    >
      <div className={styles.session}>
        <SessionFields
          at={at}
          name={`Session ${numbersOf(opened)(place)}`}
          alone
          session={typed}
          change={setTyped}
          held={makeup ? [run.start_on, null] : before.held}
          runVenueId={before.venueId}
          people={before.people}
          choices={choices}
          wrong={(field) => wrongAt(told, `${at}.${field}`)}
        />
      </div>
      {children}
      <ReasonField {...reason} />
    </ChangeForm>
  )
}
