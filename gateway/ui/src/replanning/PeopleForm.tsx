import { Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { api } from '~/api/client'
import { ifMatch } from '~/api/command'
import { ReasonField, useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { PeopleSection } from '~/planning/PeopleSection'
import { planOf } from '~/planning/plan'
import { useTrial, withRefused } from '~/planning/useTrial'
import { runName } from '~/runs/RunName'
import type { Run } from '~/runs/actions'
import { ChangeForm } from './ChangeForm'
import { useChange } from './useChange'
import { staffed, trainersWish } from './wishes'

/** Who teaches and assesses, on the run and on its sessions ahead. */
export function PeopleForm({ run, choices, close }: { run: Run; choices: Choices; close: () => void }) {
  const opened = useOpened(run)
  const [before] = useState(() => planOf(opened))
  const [people, setPeople] = useState(before.people)
  const reason = useReason({ required: false })
  const plan = useMemo(() => staffed(before, people), [before, people])
  const trial = useTrial(plan, run.id)
  const change = useChange(
    people,
    (wanted, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/change-trainers', {
        params: { path: { run_id: run.id }, header: ifMatch(run) },
        headers,
        body: { trainers: trainersWish(before.people, wanted, run.trainers), reason: reason.text || null }
      }),
    (answer) => `${runName({ ...answer, remote_id: answer.sync.remote_id })} has other people.`,
    close
  )
  function save() {
    if (!reason.check()) return
    if (people === before.people) close()
    else change.save()
  }
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, close, save }}
      concerns={({ field }) => /trainer/.test(field)}
      refused={change.refused}
      verb="Change people"
      busy={change.busy}
    >
      <PeopleSection
        plan={plan}
        change={(part) => part.people !== undefined && setPeople(part.people)}
        choices={choices}
        trial={withRefused(trial, change.refused)}
      />
      <Text size="sm">Sessions ahead lose those who leave, and gain those who come and fit their mode.</Text>
      <ReasonField {...reason} />
    </ChangeForm>
  )
}
