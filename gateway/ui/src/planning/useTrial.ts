import { keepPreviousData } from '@tanstack/react-query'
import { useDebouncedValue } from '@mantine/hooks'
import { queries, type Schema } from '~/api/client'
import { wishOf, type Plan } from './plan'

const PAUSE_MS = 500

export type Trial = {
  /** Undefined until the plan is whole enough to be judged. */
  found: Schema['TrialView'] | undefined
  judging: boolean
  error: unknown
}

/** How the plan would fare, asked each time typing pauses: rules, TPGateway's and the calendars', and nothing is kept. */
export function useTrial(plan: Plan, runId: string | null): Trial {
  const [settled] = useDebouncedValue(plan, PAUSE_MS)
  const wish = wishOf(settled)
  const trial = queries.useQuery(
    'post',
    '/api/v1/course-runs/preflight',
    { body: { ...wish!, run_id: runId } },
    { enabled: wish !== null, staleTime: 0, placeholderData: keepPreviousData }
  )
  const whole = wish !== null && wishOf(plan) !== null
  return {
    found: whole ? trial.data : undefined,
    judging: whole && (trial.isFetching || settled !== plan),
    error: whole ? trial.error : null
  }
}

/** What is wrong with one field, by the API's name of it; null when nothing is. */
export function wrongAt({ found, error }: Trial, field: string): string | null {
  const refused = (error as { fields?: readonly Schema['ProblemField'][] } | null)?.fields ?? []
  const wrong = [...(found?.errors ?? []), ...refused].find((finding) => finding.field === field)
  return wrong === undefined ? null : [wrong.message, wrong.fix].filter(Boolean).join(' ')
}

/** The trial together with what the API refused when it was done: both are told at the same fields. */
export function withRefused(trial: Trial, fields: readonly Schema['ProblemField'][]): Trial {
  return fields.length === 0 ? trial : { ...trial, error: { fields } }
}
