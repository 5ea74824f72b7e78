import { Stack } from '@mantine/core'
import { useState } from 'react'
import { api } from '~/api/client'
import { ifMatch } from '~/api/command'
import { useOpened } from '~/conflicts/Meanwhile'
import { AnnouncedFields } from '~/planning/AnnouncedFields'
import type { Choices } from '~/planning/choices'
import { planOf, type Plan } from '~/planning/plan'
import { SeatsSection } from '~/planning/SeatsSection'
import { useTrial, withRefused } from '~/planning/useTrial'
import { runName } from '~/runs/RunName'
import type { Run } from '~/runs/actions'
import { ChangeForm } from './ChangeForm'
import { useChange } from './useChange'
import { detailsPatch } from './wishes'

/** Seats, registration and words of a run; its dates, sessions, room and people are changed by themselves. */
export function DetailsForm({ run, choices, close }: { run: Run; choices: Choices; close: () => void }) {
  const opened = useOpened(run)
  const [before] = useState(() => planOf(opened))
  const [plan, setPlan] = useState(before)
  const trial = useTrial(plan, run.id)
  const change = useChange(
    plan,
    (after, headers) =>
      api.PATCH('/api/v1/course-runs/{run_id}', {
        params: { path: { run_id: run.id }, header: ifMatch(run) },
        headers,
        body: detailsPatch(before, after)
      }),
    (answer) => `${runName({ ...answer, remote_id: answer.sync.remote_id })} is changed.`,
    close
  )
  const part = {
    plan,
    change: (changed: Partial<Plan>) => setPlan((old) => ({ ...old, ...changed })),
    choices,
    trial: withRefused(trial, change.refused)
  }
  function save() {
    if (Object.keys(detailsPatch(before, plan)).length === 0) close()
    else change.save()
  }
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, close, save }}
      concerns={({ field }) => /^(registration_|intake_size|threshold|min_pax|schedule_info|admin_email)/.test(field)}
      clashesOf={() => false}
      refused={change.refused}
      verb="Change details"
      busy={change.busy}
    >
      <SeatsSection {...part} />
      <Stack gap={12}>
        <AnnouncedFields {...part} />
      </Stack>
    </ChangeForm>
  )
}
