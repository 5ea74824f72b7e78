import { Checkbox, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '~/access'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { ActionButton, ofRole } from './ActionButton'
import { moves, type Detail, type Move, type Wish } from './moves'
import { RunSelect } from './RunSelect'

export const AFFECTS = ['/api/v1/enrolments', '/api/v1/course-runs', '/api/v1/sync', '/api/v1/compliance'] as const

type Props = {
  of: Detail
  show: (id: string) => void
  /** Those that are shown, where there is no room for all. */
  only?: readonly string[]
}

/** What may be done with it: never-allowed ones are absent, those that do not fit now say why. */
export function Actions({ of: record, show, only }: Props) {
  const [chosen, setChosen] = useState<string | null>(null)
  const fitting = record.allowed_actions.filter(
    ({ action, reason }) => action in moves && !ofRole(reason) && (only === undefined || only.includes(action))
  )
  if (fitting.length === 0) return null
  return (
    <>
      <Group gap={8}>
        {fitting.map((each) => (
          <ActionButton
            key={each.action}
            of={each}
            verb={moves[each.action]!.verb}
            act={() => setChosen(each.action)}
          />
        ))}
      </Group>
      {chosen !== null && <Ask move={moves[chosen]!} of={record} show={show} close={() => setChosen(null)} />}
    </>
  )
}

type Ask = { move: Move; of: Detail; show: (id: string) => void; close: () => void }

function Ask({ move, of: record, show, close }: Ask) {
  const may = useMay()
  const [override, setOverride] = useState(false)
  const [runId, setRunId] = useState<string | null>(null)
  const [unsaid, setUnsaid] = useState(false)
  const command = useCommand<Wish, Detail>(move.call, {
    affects: AFFECTS,
    done: (answer) => `The place on ${answer.course_reference} is ${answer.status}.`,
    // oxlint-disable-next-line unicorn/no-thenable
    then: (answer) => answer.id !== record.id && show(answer.id)
  })
  async function go(reason: string): Promise<boolean> {
    setUnsaid(move.elsewhere === true && runId === null)
    if (move.elsewhere && runId === null) return false
    return command.run({ record, reason, override, runId })
  }
  const asks = { opened: true, close, title: `${move.verb}?`, verb: move.verb, busy: command.busy }
  const content = (
    <Stack gap={12}>
      <Text size="sm">{move.says}</Text>
      {move.elsewhere && <RunSelect value={runId} set={setRunId} error={unsaid ? 'Choose a run.' : null} />}
      {move.overridable && may('enrolments:override') && (
        <Checkbox
          label="Set aside the rule that stands in the way"
          description="Out of turn, or outside the registration window; needs a reason."
          checked={override}
          onChange={(event) => setOverride(event.currentTarget.checked)}
        />
      )}
    </Stack>
  )
  if (move.reason || override) {
    return (
      <Confirm {...asks} destructive={move.destructive} reason confirm={go}>
        {content}
      </Confirm>
    )
  }
  return (
    <Confirm {...asks} confirm={() => go('')}>
      {content}
    </Confirm>
  )
}
