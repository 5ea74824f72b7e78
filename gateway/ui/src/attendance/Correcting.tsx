import { Text } from '@mantine/core'
import { api, type Schema } from '~/api/client'
import { useCommand, type CommandHeaders } from '~/api/command'
import { Problem } from '~/api/problem'
import { Confirm } from '~/components/Confirm'
import { counted } from '~/words'
import { letterLooks, letterOf } from './looks'
import type { Mark } from './marks'
import type { Correction, Place } from './useMarking'

type Props = { of: Correction; revisionOf: (place: Place) => number; close: () => void }

/** Marks on a locked sheet: each change is a correction, and says why. It is sent at once and never waits. */
export function Correcting({ of: { places, mark }, revisionOf, close }: Props) {
  const word = letterLooks[letterOf(mark)].word.toLowerCase()
  const what = counted(places.length, 'mark')
  const command = useCommand(
    (reason: string, headers) => correct(bodiesOf(places, mark, revisionOf, reason), headers),
    {
      affects: ['/api/v1/attendance', '/api/v1/compliance', '/api/v1/sync'],
      done: (taken) => `${counted(taken, 'mark')} corrected to ${word}.`
    }
  )

  return (
    <Confirm
      opened
      close={close}
      title={`Correct ${what} on a locked sheet?`}
      verb={`Correct ${what}`}
      busy={command.busy}
      reason
      confirm={command.run}
    >
      <Text size="sm">Marked {word}. The earlier mark is kept, and TPGateway is told where it holds another.</Text>
    </Confirm>
  )
}

/** One request a session; each line says what its maker has seen, so that a change meanwhile is not overwritten. */
function bodiesOf(
  places: readonly Place[],
  mark: Mark,
  revisionOf: (place: Place) => number,
  reason: string
): Schema['MarksWish'][] {
  const sessions = [...new Set(places.map(({ session }) => session))]
  return sessions.map((session_id) => ({
    session_id,
    all_present: false,
    exceptions: [],
    method: 'trainer',
    reason,
    lines: places
      .filter(({ session }) => session === session_id)
      .map((place) => ({ enrolment_id: place.line.enrolment_id, ...mark, base_revision: revisionOf(place) }))
  }))
}

/** How many were taken. Raises Problem when one was not: what was taken stands, and is read anew. */
async function correct(bodies: Schema['MarksWish'][], headers: CommandHeaders): Promise<{ data: number }> {
  const outcomes: Schema['LineOutcome'][] = []
  for (const [index, body] of bodies.entries()) {
    const own = { ...headers, 'Idempotency-Key': `${headers['Idempotency-Key']}-${index}` }
    outcomes.push(...(await api.POST('/api/v1/attendance', { body, headers: own })).data!.outcomes)
  }
  const refused = outcomes.filter(({ outcome }) => outcome === 'refused' || outcome === 'conflict')
  if (refused.length > 0) {
    const [{ code, message, allowed }] = refused as [Schema['LineOutcome']]
    const detail = `${counted(refused.length, 'mark')} of ${outcomes.length} not corrected. ${message ?? ''}`.trim()
    const told = { status: 409, code: code ?? 'refused', detail, allowed }
    throw new Problem(told, { correlationId: headers['X-Correlation-ID'] })
  }
  return { data: outcomes.length }
}
