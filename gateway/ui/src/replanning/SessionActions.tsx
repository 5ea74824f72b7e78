import { ActionIcon, Menu, Text } from '@mantine/core'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { MenuAction } from '~/components/MenuAction'
import { AFFECTS, whyNot, type Run } from '~/runs/actions'
import { Resubmitted } from '~/runs/Resubmitted'
import { clockTime, day, dayOf } from '~/time'
import { frozen } from './changes'

type Session = Schema['SessionView']
type Props = { run: Run; session: Session; move: () => void }

/** What may be done with one session of a run. */
export function SessionActions({ run, session, move }: Props) {
  const [asked, setAsked] = useState<'cancel' | 'remove' | null>(null)
  const close = () => setAsked(null)
  const stays = frozen(session)
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <ActionIcon size={28} aria-label={`Change session ${session.sequence}`}>
            <Ellipsis size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <MenuAction verb="Change session" whyNot={whyNot(run, 'move_session') ?? stays} act={move} />
          <MenuAction
            verb="Cancel session"
            whyNot={whyNot(run, 'cancel_session') ?? stays}
            act={() => setAsked('cancel')}
          />
          <MenuAction verb="Delete session" whyNot={whyNot(run, 'remove_session')} act={() => setAsked('remove')} />
        </Menu.Dropdown>
      </Menu>
      {asked === 'cancel' && <CancelSession run={run} session={session} close={close} />}
      {asked === 'remove' && <RemoveSession run={run} session={session} close={close} />}
    </>
  )
}

type Asked = { run: Run; session: Session; close: () => void }

function CancelSession({ run, session, close }: Asked) {
  const cancel = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/sessions/{session_id}/cancel', {
        params: { path: { run_id: run.id, session_id: session.id }, header: ifMatch(run) },
        headers,
        body: { reason }
      }),
    { affects: AFFECTS, done: ({ sequence }) => `Session ${sequence} is cancelled.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`Cancel session ${session.sequence}?`}
      verb="Cancel session"
      destructive
      busy={cancel.busy}
      reason
      confirm={cancel.run}
    >
      <Text size="sm" mb={8}>
        {timeOf(session)} It is taken out of the plan; people and room are free again. Its record stays.
      </Text>
      <Resubmitted run={run} />
    </Confirm>
  )
}

function RemoveSession({ run, session, close }: Asked) {
  const remove = useCommand(
    (_: Session, headers) =>
      api.DELETE('/api/v1/course-runs/{run_id}/sessions/{session_id}', {
        params: { path: { run_id: run.id, session_id: session.id }, header: ifMatch(run) },
        headers
      }),
    { affects: AFFECTS, done: (_, { sequence }) => `Session ${sequence} is deleted.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`Delete session ${session.sequence}?`}
      verb="Delete session"
      destructive
      busy={remove.busy}
      confirm={() => remove.run(session)}
    >
      <Text size="sm">{timeOf(session)} The draft goes on without it.</Text>
    </Confirm>
  )
}

function timeOf({ start_at, end_at }: Session): string {
  return `${day(dayOf(start_at))}, ${clockTime(start_at)}–${clockTime(end_at)} SGT.`
}
