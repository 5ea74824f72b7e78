import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import type { FieldProblem } from '~/api/problem'
import { Failure } from '~/components/Failure'
import { FormButtons } from '~/components/FormButtons'
import { Meanwhile } from '~/conflicts/Meanwhile'
import type { Choices } from '~/planning/choices'
import { Clashes, Found, goTo, Missing } from '~/planning/Judgement'
import { unfilled, type Plan } from '~/planning/plan'
import type { Trial } from '~/planning/useTrial'
import type { Run } from '~/runs/actions'
import { fieldName } from '~/runs/Findings'
import { Resubmitted } from '~/runs/Resubmitted'
import { severityLooks } from '~/status'
import { numbered, numbersOf } from './changes'

type Props = {
  run: Run
  /** The run as it was when the form was opened, and the plan as it would be. */
  opened: Run
  plan: Plan
  choices: Choices
  /** How the plan would fare, and which of the findings this change can be blamed for. */
  trial: Trial
  concerns: (finding: FieldProblem) => boolean
  clashesOf?: (place: number) => boolean
  /** What the API refused, by its place in the plan. */
  refused: readonly FieldProblem[]
  verb: string
  busy: boolean
  save: () => void
  close: () => void
  children: ReactNode
}

/** What every change of a plan has around its fields: what TPGateway is told anew, what others did, what is wrong. */
export function ChangeForm(props: Props) {
  const {
    run,
    opened,
    plan,
    choices,
    trial,
    concerns,
    clashesOf = () => true,
    refused,
    verb,
    busy,
    save,
    close
  } = props
  const numberOf = numbersOf(opened)
  const named = (field: string) => fieldName(numbered(field, numberOf))
  const missing = unfilled(plan, numberOf)
  const errors = eachOnce([...(trial.found?.errors.filter(concerns) ?? []), ...refused])
  const clashes = trial.found?.clashes.filter(({ session }) => clashesOf(session)) ?? []
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (missing.length > 0) goTo(missing[0]!.field)
        else save()
      }}
    >
      <Stack gap={12}>
        <Meanwhile opened={opened} now={run} />
        {props.children}
        <div aria-live="polite" data-reading={trial.judging || undefined}>
          {missing.length > 0 && <Missing of={missing} />}
          {trial.error !== null && <Failure error={trial.error} />}
          {clashes.length > 0 && <Clashes of={clashes} choices={choices} numberOf={numberOf} />}
          <Found title="To mend" of={errors} look={severityLooks.block} named={named} />
          <Found
            title="Worth a look"
            of={trial.found?.warnings.filter(concerns) ?? []}
            look={severityLooks.warn}
            named={named}
          />
        </div>
        <Resubmitted run={run} />
        <FormButtons verb={verb} busy={busy} close={close} />
      </Stack>
    </form>
  )
}

function eachOnce(found: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(found.map((each) => [`${each.field} ${each.code}`, each])).values()]
}
