import { Select, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { api } from '~/api/client'
import { ifMatch } from '~/api/command'
import { ReasonField, useReason } from '~/components/Reason'
import { useOpened } from '~/conflicts/Meanwhile'
import { nameOf, venueName, type Choices } from '~/planning/choices'
import { ONLINE, planOf } from '~/planning/plan'
import { useTrial, withRefused, wrongAt } from '~/planning/useTrial'
import { runName } from '~/runs/RunName'
import type { Run } from '~/runs/actions'
import { counted } from '~/words'
import { ChangeForm } from './ChangeForm'
import { useChange } from './useChange'
import { housed } from './wishes'

/** Another room for the run and for the sessions ahead that stood in the old one. */
export function RoomForm({ run, choices, close }: { run: Run; choices: Choices; close: () => void }) {
  const opened = useOpened(run)
  const [before] = useState(() => planOf(opened))
  const [venueId, setVenueId] = useState(before.venueId)
  const reason = useReason({ required: false })
  const plan = useMemo(() => housed(before, venueId), [before, venueId])
  const trial = useTrial(plan, run.id)
  const change = useChange(
    venueId,
    (venue_id, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/change-venue', {
        params: { path: { run_id: run.id }, header: ifMatch(run) },
        headers,
        body: { venue_id, reason: reason.text || null }
      }),
    (answer) => `${runName({ ...answer, remote_id: answer.sync.remote_id })} has another room.`,
    close
  )
  const along = before.sessions.filter((each) => each.venueId === before.venueId && !ONLINE.includes(each.mode))
  function save() {
    if (!reason.check()) return
    if (venueId === before.venueId) close()
    else change.save()
  }
  return (
    <ChangeForm
      {...{ run, opened, plan, choices, trial, close, save }}
      concerns={({ field }) => /venue/.test(field)}
      refused={change.refused}
      verb="Change room"
      busy={change.busy}
    >
      <Select
        id="venue_id"
        label="Room of the run"
        description={before.venueId === null ? 'It has none yet.' : `It is ${nameOf(choices, before.venueId)} now.`}
        placeholder="No room"
        searchable
        clearable
        clearButtonProps={{ 'aria-label': 'No room for the run' }}
        data={choices.venues.map((venue) => ({ value: venue.id, label: venueName(venue) }))}
        value={venueId}
        onChange={setVenueId}
        error={wrongAt(withRefused(trial, change.refused), 'venue_id')}
      />
      <Text size="sm">
        {counted(along.length, 'session')} ahead in that room {along.length === 1 ? 'moves' : 'move'} along; sessions in
        other rooms stay.
      </Text>
      <ReasonField {...reason} />
    </ChangeForm>
  )
}
