import { api, type Schema } from '~/api/client'
import { ifMatch, type CommandHeaders } from '~/api/command'

export type Detail = Schema['AssessmentDetail']
export type Summary = Schema['AssessmentSummary']

/** How somebody did, as it is typed: what an amendment or a new attempt changes. */
export type Words = {
  result: Schema['Result'] | null
  score: number | null
  grade: Schema['Grade'] | null
  assessed_on: string
}
export type Wish = { reason: string; words: Words; nameSpelling: boolean; override: boolean }

export type Action = {
  verb: string
  /** What it does, in the dialog. */
  says: string
  reason: boolean
  destructive?: boolean
  /** Which words are asked for: those of the result as it stands, or of a new attempt. */
  words?: 'amended' | 'new'
  call: (of: Detail, wish: Wish, headers: CommandHeaders) => Promise<{ data?: Detail }>
  done: string
}

const at = (of: Detail, headers: CommandHeaders) => ({
  params: { path: { assessment_id: of.id }, header: ifMatch(of) },
  headers
})
const because = ({ reason }: Wish) => ({ reason })

/** What may be asked of an assessment, by the API's own names; which fits now, `allowed_actions` says. */
export const actions: Record<string, Action> = {
  finalise: {
    verb: 'Finalise',
    says: 'The result stands and is owed to TPGateway. From then on it is amended, never typed over.',
    reason: false,
    done: 'is final.',
    call: (of, _, headers) => api.POST('/api/v1/assessments/{assessment_id}/finalise', at(of, headers))
  },
  override: {
    verb: 'Set minimum attendance aside',
    says: 'This draft may be finalised although too little was attended. Somebody else finalises it.',
    reason: true,
    done: 'may be finalised by somebody else.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/override', { ...at(of, headers), body: because(wish) })
  },
  amend: {
    verb: 'Amend',
    says: 'The result as it shall stand; TPGateway is told.',
    reason: true,
    words: 'amended',
    done: 'is amended.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/amend', { ...at(of, headers), body: amendment(of, wish) })
  },
  propose: {
    verb: 'Propose an amendment',
    says: 'The result as it should stand. Nothing changes before another administrator approves it.',
    reason: true,
    words: 'amended',
    done: 'waits for a second person.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/proposals', { ...at(of, headers), body: amendment(of, wish) })
  },
  're-assess': {
    verb: 'Assess again',
    says: 'A new attempt, as a draft. The one before stays as it is.',
    reason: false,
    words: 'new',
    done: 'has a new attempt, as a draft.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/re-assess', { ...at(of, headers), body: again(wish) })
  },
  void: {
    verb: 'Void',
    says: 'The result no longer counts, and TPGateway is told. A certificate that hangs on it is revoked.',
    reason: true,
    destructive: true,
    done: 'is void.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/void', { ...at(of, headers), body: because(wish) })
  },
  request_void: {
    verb: 'Ask to void',
    says: 'Nothing changes before an administrator agrees.',
    reason: true,
    destructive: true,
    done: 'waits for a second person.',
    call: (of, wish, headers) =>
      api.POST('/api/v1/assessments/{assessment_id}/void', { ...at(of, headers), body: because(wish) })
  },
  discard: {
    verb: 'Discard draft',
    says: 'The draft is thrown away; the audit log keeps that there was one.',
    reason: false,
    destructive: true,
    done: 'is discarded.',
    call: (of, _, headers) => api.DELETE('/api/v1/assessments/{assessment_id}', at(of, headers))
  }
}

/** Only what is to change; the API keeps the rest. */
function amendment(of: Detail, { words, reason, nameSpelling }: Wish): Schema['AmendWish'] {
  return { ...changed(of, words), name_spelling: nameSpelling, reason }
}

export function changed(of: Words, words: Words): Partial<Schema['AmendWish']> {
  const fields = Object.keys(words) as (keyof Words)[]
  return Object.fromEntries(fields.filter((name) => words[name] !== of[name]).map((name) => [name, words[name]]))
}

function again({ words, override, reason }: Wish): Schema['ReassessWish'] {
  return { ...words, override, reason: reason || null }
}
