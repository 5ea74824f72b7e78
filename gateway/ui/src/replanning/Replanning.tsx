import '@mantine/dates/styles.css'
import { Text } from '@mantine/core'
import { Failure } from '~/components/Failure'
import { Waiting } from '~/components/Loaded'
import { useChoices } from '~/planning/useChoices'
import { whyNot, type Run } from '~/runs/actions'
import type { PlanChange } from '~/searches'
import { AddSession } from './AddSession'
import { frozen } from './changes'
import { DetailsForm } from './DetailsForm'
import { MoveSession } from './MoveSession'
import { PeopleForm } from './PeopleForm'
import { RescheduleForm } from './RescheduleForm'
import { RoomForm } from './RoomForm'

type Props = { run: Run; change: PlanChange; sessionId: string | undefined; close: () => void }

/** The form of one change, or why it cannot be made now. */
export default function Replanning({ run, change, sessionId, close }: Props) {
  const choices = useChoices()
  const session = run.sessions.find(({ id }) => id === sessionId)
  const refusal = whyNot(run, change) ?? (change === 'move_session' ? whyNotMoved(session) : null)
  if (refusal !== null) return <Text size="sm">{refusal}</Text>
  if (choices.error !== null) return <Failure error={choices.error} again={choices.refetch} />
  if (choices.reading) return <Waiting />
  const form = { run, choices, close }
  switch (change) {
    case 'reschedule':
      return <RescheduleForm {...form} />
    case 'change_venue':
      return <RoomForm {...form} />
    case 'change_trainers':
      return <PeopleForm {...form} />
    case 'edit':
      return <DetailsForm {...form} />
    case 'add_session':
      return <AddSession {...form} />
    case 'add_makeup_session':
      return <AddSession {...form} makeup />
    case 'move_session':
      return <MoveSession {...form} session={session!} />
  }
}

function whyNotMoved(session: Run['sessions'][number] | undefined): string | null {
  return session === undefined ? 'The run has no such session.' : frozen(session)
}
