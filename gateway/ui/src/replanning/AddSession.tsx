import { Select } from '@mantine/core'
import { useState } from 'react'
import { api } from '~/api/client'
import { newId } from '~/api/ids'
import { useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { nextSession, plannedOf, planOf, sessionWish } from '~/planning/plan'
import type { Run } from '~/runs/actions'
import { day, dayOf } from '~/time'
import { SessionForm } from './SessionForm'
import { useChange } from './useChange'

type Props = { run: Run; choices: Choices; makeup?: boolean; close: () => void }

/** One more session; a make-up session may lie after the run's end. */
export function AddSession({ run, choices, makeup = false, close }: Props) {
  const opened = useOpened(run)
  const [typed, setTyped] = useState(() => ({ ...nextSession(planOf(opened), newId()), ...(makeup && { on: null }) }))
  const [makeupFor, setMakeupFor] = useState<string | null>(null)
  const reason = useReason({ required: false })
  const change = useChange(
    typed,
    (after, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/sessions', {
        params: { path: { run_id: run.id } },
        headers,
        body: { ...sessionWish(after), is_makeup: makeup, makeup_for: makeupFor, reason: reason.text || null }
      }),
    ({ sequence }) => `Session ${sequence} is added.`,
    close
  )
  const held = run.sessions.filter(({ status }) => status === 'held')
  return (
    <SessionForm
      {...{ run, opened, choices, typed, reason, makeup, change, close }}
      place={plannedOf(opened).length}
      set={setTyped}
      verb={makeup ? 'Add make-up session' : 'Add session'}
      save={() => reason.check() && change.save()}
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
