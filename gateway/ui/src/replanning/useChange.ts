import { useCommand, type CommandHeaders } from '~/api/command'
import type { FieldProblem } from '~/api/problem'
import { AFFECTS } from '~/runs/actions'

type Change = {
  save: () => void
  busy: boolean
  /** What the API refused by field, as long as nothing else was typed since. */
  refused: readonly FieldProblem[]
}

const NOTHING: readonly FieldProblem[] = []

/** What was typed, to be done: the panel closes then; refusals by field are shown by the form itself. */
export function useChange<Typed, Answer>(
  typed: Typed,
  call: (typed: Typed, headers: CommandHeaders) => Promise<{ data?: Answer }>,
  done: (answer: Answer) => string,
  close: () => void
): Change {
  const command = useCommand<Typed, Answer>(call, {
    affects: AFFECTS,
    done,
    // oxlint-disable-next-line unicorn/no-thenable
    then: close,
    failed: ({ fields }) => fields.length > 0
  })
  return {
    save: () => void command.run(typed),
    busy: command.busy,
    refused: command.wish === typed ? (command.problem?.fields ?? NOTHING) : NOTHING
  }
}
