import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { tellDone, tellProblem } from '~/components/notices'
import { compare } from '~/conflicts/Comparing'
import { conflictOf, isOutdated } from '~/conflicts/conflict'
import type { Fields } from '~/conflicts/differences'
import { refresh, type Affected } from './cache'
import { newId } from './ids'
import { asProblem, type Problem } from './problem'

export type CommandHeaders = { 'X-Correlation-ID': string; 'Idempotency-Key': string }

type Options<Wish, Answer> = {
  /** Paths of the API this may change. */
  affects: readonly Affected[]
  /** What to tell when it is done; it names the thing. */
  done: (answer: Answer, wish: Wish) => string
  then?: (answer: Answer, wish: Wish) => void
  /** Returns true when the page has shown the problem itself, as a form does with its fields. */
  failed?: (problem: Problem, wish: Wish) => boolean | void
  /**
   * For forms: when the record was changed meanwhile, the person chooses field by field between theirs and what is
   * there now; this puts the choice back into the form.
   */
  settle?: (chosen: Fields, now: Fields) => void
}

export type Command<Wish> = {
  run: (wish: Wish) => Promise<boolean>
  busy: boolean
  /** What is being done, while it is. */
  wish: Wish | undefined
  problem: Problem | null
}

const CHANGED_MEANWHILE = [404, 409, 412]

/**
 * One thing a person does: new ids, one call, what it changed read anew, one notice at the end.
 * A second click while the first is on its way does nothing.
 */
export function useCommand<Wish, Answer>(
  call: (wish: Wish, headers: CommandHeaders) => Promise<{ data?: Answer }>,
  options: Options<Wish, Answer>
): Command<Wish> {
  const [problem, setProblem] = useState<Problem | null>(null)
  const underWay = useRef(false)
  const mutation = useMutation({
    mutationFn: async (wish: Wish) => {
      const headers = { 'X-Correlation-ID': newId(), 'Idempotency-Key': newId() }
      return (await call(wish, headers)).data as Answer
    }
  })

  async function run(wish: Wish): Promise<boolean> {
    if (underWay.current) return false
    underWay.current = true
    setProblem(null)
    try {
      const answer = await mutation.mutateAsync(wish)
      await refresh(options.affects)
      tellDone(options.done(answer, wish))
      options.then?.(answer, wish)
      return true
    } catch (error) {
      const found = asProblem(error)
      setProblem(found)
      const conflict = conflictOf(found) // before the page forgets what it showed
      if (options.failed?.(found, wish) !== true) tellProblem(found)
      if (CHANGED_MEANWHILE.includes(found.status)) await refresh(options.affects)
      if (conflict !== null && (await isOutdated(conflict))) {
        tellProblem(found, () => compare({ conflict, settle: options.settle }))
      }
      return false
    } finally {
      underWay.current = false
    }
  }

  return { run, busy: mutation.isPending, wish: mutation.variables, problem }
}

/** The If-Match header of the version that was read. */
export function ifMatch(record: { version: number }): { 'if-match': string } {
  return { 'if-match': `"${record.version}"` }
}
