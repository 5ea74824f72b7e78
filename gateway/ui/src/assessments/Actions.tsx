import { Button, Checkbox, Group, Stack, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '~/access'
import { useCommand } from '~/api/command'
import { Changes } from '~/audit/Changes'
import { Confirm } from '~/components/Confirm'
import { today } from '~/time'
import { actions, type Action, type Detail, type Wish, type Words } from './moves'
import { differences } from './changes'
import { useTrainee } from './Trainee'
import { WordsFields } from './WordsFields'

export const AFFECTS = [
  '/api/v1/assessments',
  '/api/v1/enrolments',
  '/api/v1/course-runs',
  '/api/v1/sync',
  '/api/v1/compliance'
] as const

type OfOne = { of: Detail; show: (id: string | undefined) => void }

/** What may be done with it: never-allowed ones are absent, those that do not fit now say why. */
export function Actions({ of: record, show }: OfOne) {
  const [chosen, setChosen] = useState<string | null>(null)
  const offered = record.allowed_actions.filter(
    ({ action, allowed, reason }) => action in actions && fits(allowed, reason)
  )
  if (offered.length === 0) return null
  return (
    <>
      <Group gap={8}>
        {offered.map(({ action, allowed, reason }) => (
          <Tooltip key={action} label={reason ?? ''} disabled={allowed}>
            <Button
              size="xs"
              variant="default"
              data-disabled={!allowed || undefined}
              aria-disabled={!allowed}
              aria-description={reason ?? undefined}
              onClick={() => allowed && setChosen(action)}
            >
              {actions[action]!.verb}
            </Button>
          </Tooltip>
        ))}
      </Group>
      {chosen !== null && (
        <Ask name={chosen} action={actions[chosen]!} of={record} show={show} close={() => setChosen(null)} />
      )}
    </>
  )
}

type Ask = OfOne & { name: string; action: Action; close: () => void }

function Ask({ name, action, of: record, show, close }: Ask) {
  const may = useMay()
  const { name: trainee } = useTrainee(record)
  const [words, setWords] = useState<Words>(() => first(action, record))
  const [nameSpelling, setNameSpelling] = useState(false)
  const [override, setOverride] = useState(false)
  const [unchanged, setUnchanged] = useState(false)
  const changes = differences(record, words)
  const command = useCommand<Wish, Detail>((wish, headers) => action.call(record, wish, headers), {
    affects: AFFECTS,
    done: () => `The result of ${trainee} ${action.done}`,
    // oxlint-disable-next-line unicorn/no-thenable
    then: (answer) => {
      if (name === 'discard') show(undefined)
      else if (answer.id !== record.id) show(answer.id)
    }
  })
  async function go(reason: string): Promise<boolean> {
    const nothing = action.words === 'amended' && changes.length === 0 && !nameSpelling
    setUnchanged(nothing)
    return nothing ? false : command.run({ reason, words, nameSpelling, override })
  }
  const asks = {
    opened: true,
    close,
    title: `${action.verb}?`,
    verb: action.verb,
    destructive: action.destructive,
    busy: command.busy
  }
  const content = (
    <Stack gap={12}>
      <Text size="sm">
        <b>{trainee}</b>
        {record.skill_code !== null && `, ${record.skill_code}`}. {action.says}
      </Text>
      {action.words !== undefined && <WordsFields words={words} set={setWords} />}
      {action.words === 'amended' && (
        <>
          <Checkbox
            label="Tell TPGateway the name anew"
            description="Where its spelling was mended in enrolment; the result itself may stay."
            checked={nameSpelling}
            onChange={(event) => setNameSpelling(event.currentTarget.checked)}
          />
          {changes.length > 0 && <Changes of={changes} />}
          {unchanged && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              Nothing is changed yet.
            </Text>
          )}
        </>
      )}
      {action.words === 'new' && may('assessments:override') && (
        <Checkbox
          label="Set the time for make-ups aside"
          description="When it is over; needs a reason."
          checked={override}
          onChange={(event) => setOverride(event.currentTarget.checked)}
        />
      )}
    </Stack>
  )
  if (action.reason || override) {
    return (
      <Confirm {...asks} reason confirm={go}>
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

function first(action: Action, record: Detail): Words {
  if (action.words === 'new') return { result: null, score: null, grade: null, assessed_on: today() }
  const { result, score, grade, assessed_on } = record
  return { result, score, grade, assessed_on }
}

/** What the role can never do, and what only others ask for, is absent. */
function fits(allowed: boolean, reason: string | null | undefined): boolean {
  return allowed || !(reason?.startsWith('Your roles do not grant') || reason?.startsWith('You may void it at once'))
}
