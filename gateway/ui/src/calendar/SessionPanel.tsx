import { Group, Stack } from '@mantine/core'
import { Can } from '~/access'
import { GoButton } from '~/components/links'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { nameOf, type Choices } from '~/planning/choices'
import { runLooks, sessionLooks } from '~/status'
import { clockTime, day, dayOf } from '~/time'
import { modeWords } from '~/words'
import type { Booked } from './lanes'

/** One session of the calendar: what, when, where, by whom; and the way to its run. */
export function SessionPanel({ session, choices }: { session: Booked; choices: Choices }) {
  const people = session.trainer_ids.map((id) => nameOf(choices, id)).join(', ')
  return (
    <Stack gap={16} align="flex-start">
      <Properties
        of={[
          ['Course', `${session.course_title} · ${session.course_reference}`],
          ['Session', `${session.sequence}${session.is_makeup ? ', make-up' : ''}`],
          ['Status', <Status key="status" look={sessionLooks[session.status]} />],
          ['Day', day(dayOf(session.start_at))],
          ['Time', `${clockTime(session.start_at)}–${clockTime(session.end_at)} SGT`],
          ['Mode', modeWords[session.mode_of_training]],
          ['Room', session.venue_id === null ? null : nameOf(choices, session.venue_id)],
          ['People', people],
          ['Run', <Status key="run" look={runLooks[session.run_status]} />],
          ['TPGateway', session.remote_id === null ? 'Not there yet' : `Run ${session.remote_id}`]
        ]}
      />
      <Group gap={8}>
        <GoButton to="/runs/$runId" params={{ runId: session.run_id }} search={{ tab: 'sessions' }}>
          Open the run
        </GoButton>
        {session.status === 'planned' && (
          <Can do="runs:write">
            <GoButton
              to="/runs/$runId"
              params={{ runId: session.run_id }}
              search={{ tab: 'sessions', change: 'move_session', session: session.id }}
              variant="default"
            >
              Change session
            </GoButton>
          </Can>
        )}
      </Group>
    </Stack>
  )
}
