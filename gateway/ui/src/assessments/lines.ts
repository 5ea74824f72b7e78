import type { Schema } from '~/api/client'
import type { Detail, Summary, Words } from './moves'

/** One person in one skill: what the run's table has a row for. */
export type Line = {
  key: string
  enrolmentId: string
  name: string
  number: string
  /** None when the course is assessed as a whole. */
  skill: string | null
  outcome: Schema['OutcomeView']
  rate: Schema['RateView'] | undefined
  /** The newest attempt, if there is one. */
  latest: Summary | undefined
}

type Read = {
  outcomes: readonly Schema['OutcomeView'][]
  people: ReadonlyMap<string, { trainee_name: string; trainee_id_number: string }>
  rates: readonly Schema['RateView'][]
  assessments: readonly Summary[]
}

/** Everybody who may be assessed or was, by name, in every skill that is asked for. */
export function linesOf({ outcomes, people, rates, assessments }: Read): Line[] {
  const rate = new Map(rates.map((each) => [each.enrolment_id, each]))
  const newest = newestAttempts(assessments)
  const lines = outcomes.flatMap((outcome) => {
    const own = assessments.filter(({ enrolment_id }) => enrolment_id === outcome.enrolment_id)
    if (!outcome.assessable && own.length === 0) return []
    const skills = new Set([...outcome.required, ...own.map(({ skill_code }) => skill_code ?? '')])
    const person = people.get(outcome.enrolment_id)
    return [...skills].map((skill) => {
      const key = keyOf(outcome.enrolment_id, skill || null)
      return {
        key,
        enrolmentId: outcome.enrolment_id,
        name: person?.trainee_name ?? 'Trainee',
        number: person?.trainee_id_number ?? '',
        skill: skill || null,
        outcome,
        rate: rate.get(outcome.enrolment_id),
        latest: newest.get(key)
      }
    })
  })
  return lines.toSorted((a, b) => a.name.localeCompare(b.name) || a.key.localeCompare(b.key))
}

function newestAttempts(assessments: readonly Summary[]): Map<string, Summary> {
  const newest = new Map<string, Summary>()
  for (const each of assessments) {
    const key = keyOf(each.enrolment_id, each.skill_code)
    if (each.attempt > (newest.get(key)?.attempt ?? 0)) newest.set(key, each)
  }
  return newest
}

export function keyOf(enrolmentId: string, skill: string | null): string {
  return `${enrolmentId} ${skill ?? ''}`
}

/** Whether its cells take typing: nothing stands yet. What stands is amended, or assessed again, in its panel. */
export function isOpen(line: Line): boolean {
  return line.latest === undefined || line.latest.status === 'draft'
}

/** What its cells show before anything is typed. */
export function wordsOf(line: Line, assessedOn: string): Words {
  const { result = null, score = null, grade = null, assessed_on = assessedOn } = line.latest ?? {}
  return { result, score, grade, assessed_on }
}

/** The line as the API takes it. */
export function sent(line: Line, words: Words): Schema['BulkLine'] {
  return { enrolment_id: line.enrolmentId, skill_code: line.skill, attempt: line.latest?.attempt ?? 1, ...words }
}

export type Blocked = { line: Line; why: string }

/** Which drafts may be finalised, and of the others why not, in the API's own words. */
export function judged(
  lines: readonly Line[],
  drafts: ReadonlyMap<string, Detail>
): { ready: Line[]; blocked: Blocked[] } {
  const ready: Line[] = []
  const blocked: Blocked[] = []
  for (const line of lines) {
    if (line.latest?.status !== 'draft') continue
    const draft = drafts.get(line.latest.id)
    const why = draft?.warnings.filter(({ blocks }) => blocks).map(({ message }) => message)
    if (why === undefined) blocked.push({ line, why: 'It is still being checked.' })
    else if (why.length > 0) blocked.push({ line, why: why.join(' ') })
    else ready.push(line)
  }
  return { ready, blocked }
}

/** `92 %` of the minutes held; empty before any. */
export function percent(rate: Schema['RateView'] | undefined): string {
  if (rate === undefined || rate.held_minutes === 0) return '–'
  return `${Math.floor((100 * rate.credited_minutes) / rate.held_minutes)} %`
}
