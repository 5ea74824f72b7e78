import '@mantine/dates/styles.css'
import { Text } from '@mantine/core'
import { useBlocker, useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Failure } from '~/components/Failure'
import { Waiting } from '~/components/Loaded'
import { AFFECTS } from '~/runs/actions'
import { runName } from '~/runs/RunName'
import { CourseSection } from './CourseSection'
import { useChoices } from './useChoices'
import { PeopleSection } from './PeopleSection'
import { wishOf, type Plan } from './plan'
import styles from './planning.module.css'
import { SeatsSection } from './SeatsSection'
import { SessionsSection } from './SessionsSection'
import { Summary } from './Summary'
import { useTrial } from './useTrial'

type Run = Schema['RunDetail']
const named = (run: Run) => runName({ ...run, remote_id: run.sync.remote_id })

/** A run from nothing, or a draft again: one page, judged while it is typed, saved as a whole. */
export function PlanForm({ start, draft }: { start: Plan; draft: Run | null }) {
  const [plan, setPlan] = useState(start)
  const [asked, setAsked] = useState(false)
  const kept = useRef(start)
  const navigate = useNavigate()
  const choices = useChoices()
  const trial = useTrial(plan, draft?.id ?? null)
  const save = useCommand<Schema['RunWish'], Run>(
    (body, headers) =>
      draft === null
        ? api.POST('/api/v1/course-runs', { body, headers })
        : api.PUT('/api/v1/course-runs/{run_id}', {
            params: { path: { run_id: draft.id }, header: ifMatch(draft) },
            body,
            headers
          }),
    // oxlint-disable-next-line unicorn/no-thenable
    { affects: AFFECTS, done: (run) => `${named(run)} is saved as a draft.`, then: (run) => void open(run) }
  )
  const publish = useCommand<Run, Run>(
    (run, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/publish', {
        params: { path: { run_id: run.id }, header: ifMatch(run) },
        headers
      }),
    { affects: AFFECTS, done: (run) => `${named(run)} is published; its submission is on the way.` }
  )
  const leaving = useBlocker({
    shouldBlockFn: () => plan !== kept.current,
    enableBeforeUnload: () => plan !== kept.current,
    withResolver: true
  })

  const saved = useRef<Run | null>(null)
  async function open(run: Run) {
    saved.current = run
    kept.current = plan
    await navigate({ to: '/runs/$runId', params: { runId: run.id } })
  }
  async function saveAndPublish(): Promise<boolean> {
    const done = await save.run(wishOf(plan)!)
    if (done && saved.current !== null) await publish.run(saved.current)
    return done
  }

  if (choices.error !== null) return <Failure error={choices.error} again={choices.refetch} />
  if (choices.reading) return <Waiting />
  const part = { plan, change: (changed: Partial<Plan>) => setPlan((old) => ({ ...old, ...changed })), choices, trial }
  const busy = save.busy || publish.busy
  return (
    <div className={styles.page}>
      <div>
        <CourseSection {...part} courseFixed={draft !== null} />
        <SeatsSection {...part} />
        <SessionsSection {...part} />
        <PeopleSection {...part} />
      </div>
      <Summary
        plan={plan}
        trial={trial}
        choices={choices}
        busy={busy}
        save={() => void save.run(wishOf(plan)!)}
        publish={() => setAsked(true)}
      />
      <Confirm
        opened={asked}
        close={() => setAsked(false)}
        title="Publish run?"
        verb="Publish run"
        busy={busy}
        confirm={saveAndPublish}
      >
        <Text size="sm">It is saved, opens for registration and is submitted to TPGateway.</Text>
      </Confirm>
      <Confirm
        opened={leaving.status === 'blocked'}
        close={() => leaving.reset?.()}
        title="Leave without saving?"
        verb="Leave"
        destructive
        busy={false}
        confirm={async () => {
          leaving.proceed?.()
          return true
        }}
      >
        <Text size="sm">What you typed since it was last saved is lost.</Text>
      </Confirm>
    </div>
  )
}
