import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch } from '~/api/command'
import { useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { plannedOf, sessionOf } from '~/planning/plan'
import type { Run } from '~/runs/actions'
import { SessionForm } from './SessionForm'
import { useChange } from './useChange'
import { sessionPatch } from './wishes'

type Props = { run: Run; session: Schema['SessionView']; choices: Choices; close: () => void }

/** Another time, mode, room or people for one session that lies ahead. */
export function MoveSession({ run, session, choices, close }: Props) {
  const opened = useOpened(run)
  const [before] = useState(() => sessionOf(session))
  const [typed, setTyped] = useState(before)
  const reason = useReason({ required: false })
  const change = useChange(
    typed,
    (after, headers) =>
      api.PATCH('/api/v1/course-runs/{run_id}/sessions/{session_id}', {
        params: { path: { run_id: run.id, session_id: session.id }, header: ifMatch(run) },
        headers,
        body: { ...sessionPatch(before, after), reason: reason.text || null }
      }),
    ({ sequence }) => `Session ${sequence} is changed.`,
    close
  )
  function save() {
    if (!reason.check()) return
    if (Object.keys(sessionPatch(before, typed)).length === 0) close()
    else change.save()
  }
  return (
    <SessionForm
      {...{ run, opened, choices, typed, reason, change, save, close }}
      place={plannedOf(opened).findIndex(({ id }) => id === session.id)}
      // A session that stands names its people; only a new one may leave that to the API.
      set={(next) => setTyped({ ...next, trainerIds: next.trainerIds ?? [] })}
      verb="Change session"
    />
  )
}
