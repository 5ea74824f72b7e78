import type { Schema } from '~/api/client'
import { jobLooks } from '~/status'
import { kindWords, plain } from '~/words'

export type Letter = Schema['GatewayDeadLetter']
export type Group = Schema['Group']

export const placeWords: Record<Schema['Kind'], { word: string }> = {
  inbox: { word: 'Not handled' },
  broker: { word: 'Given up by the broker' },
  outbox: { word: 'Not taken by the broker' },
  sync: { word: 'Submission to TPGateway' }
}

const brokerReasons: Record<string, string> = {
  rejected: 'The bytes are no event of ours',
  delivery_limit: 'It came back too often'
}

/**
 * A group's reason and where it lies, out of its fingerprint: `consumer|type|error|place`, `outbox|type|error`,
 * `broker|reason` or `sync|state|kind|class|code`.
 */
export function groupName({ kind, fingerprint, example, services }: Group): { reason: string; queue: string } {
  const [first = '', second = '', third = '', ...rest] = fingerprint.split('|')
  const said = example?.replace(/\.$/, '')
  switch (kind) {
    case 'sync':
      return { reason: submissionReason(second, rest), queue: submissionName(third) }
    case 'broker':
      return { reason: said ?? brokerReasons[second] ?? placeWords.broker.word, queue: services.join(', ') }
    case 'outbox':
      return { reason: said ?? placeWords.outbox.word, queue: `${services.join(', ')} · ${second}` }
    case 'inbox':
      return {
        reason: said ?? (/\w/.test(third) ? plain(third) : 'It failed without a reason'),
        queue: `${first} · ${second}`
      }
  }
}

function submissionReason(state: string, [cause = '', code = '']: string[]): string {
  const look = jobLooks[state as Schema['JobState']]
  const why = [cause, code === cause ? '' : code].filter(Boolean).map(codeWord).join(', ')
  return [look?.word ?? plain(state), why].filter(Boolean).join(': ')
}

function codeWord(code: string): string {
  return code.startsWith('http_') ? code.replace('http_', 'HTTP ') : plain(code)
}

/** What died: the event by its type, or the submission by what it was to do. */
export function letterName(letter: Pick<Letter, 'kind' | 'handler' | 'type'>): string {
  return letter.kind === 'sync' ? submissionName(letter.handler) : (letter.type ?? 'No event of ours')
}

function submissionName(kind: string): string {
  return kindWords[kind as Schema['JobKind']] ?? plain(kind)
}

/** What a replay is of: the submission by what it does, or the event with who handles it. */
export function replayName({ fingerprint }: Pick<Schema['GatewayReplaying'], 'fingerprint'>): string {
  const [first, second = '', third = ''] = fingerprint.split('|')
  return first === 'sync' ? submissionName(third) : `${second} · ${third}`
}

/** How often a person has had it tried again. */
export function replays(letter: Pick<Letter, 'series'>): number {
  return Math.max(0, letter.series - 1)
}

/** Parts of a decision that were refused or could not be asked, in one sentence each. */
export function failures(parts: readonly Schema['Part'][]): string[] {
  const told = parts
    .filter(({ ok }) => !ok)
    .map(({ service, error }) => {
      const detail = (error as { detail?: unknown } | null)?.detail
      return `${service}: ${typeof detail === 'string' ? detail : 'it could not be asked.'}`
    })
  return [...new Set(told)]
}
