import { useCommand, type Command, type CommandHeaders } from '~/api/command'
import type { Problem } from '~/api/problem'
import { AFFECTS } from '~/runs/actions'

/** A change to a run's plan: the panel closes when it is done, and shows itself what was refused by field. */
export function useChange<Wish, Answer>(
  call: (wish: Wish, headers: CommandHeaders) => Promise<{ data?: Answer }>,
  done: (answer: Answer) => string,
  close: () => void
): Command<Wish> & { refused: Problem['fields'] } {
  const command = useCommand<Wish, Answer>(call, {
    affects: AFFECTS,
    done,
    // oxlint-disable-next-line unicorn/no-thenable
    then: close,
    failed: ({ fields }) => fields.length > 0
  })
  return { ...command, refused: command.problem?.fields ?? [] }
}
