import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { api, type Schema } from '~/api/client'
import { refresh } from '~/api/cache'
import { newId } from '~/api/ids'
import { asProblem } from '~/api/problem'
import { tellProblem } from '~/components/notices'
import { keyOf, sent, type Line } from './lines'
import type { Words } from './moves'

const PAUSE_MS = 600

type Typed = { line: Line; words: Words }
export type Typing = {
  /** What was typed and is not read back yet. */
  typed: ReadonlyMap<string, Words>
  /** Why a line was not taken, by its key. */
  refused: ReadonlyMap<string, string>
  state: 'saved' | 'saving' | 'failed'
  type: (line: Line, words: Words) => void
  save: () => void
  /** Takes note of what the API refused of lines that were sent. */
  note: (lines: readonly Schema['LineView'][]) => void
}

/**
 * Results as they are typed: shown at once, kept as drafts when typing pauses, one request at a time. Lines the API
 * refuses keep what was typed and say why; when the request itself fails, everything waits to be saved again.
 */
export function useTyping(runId: string, assessorId: string | null): Typing {
  const [typed, setTyped] = useState<ReadonlyMap<string, Words>>(new Map())
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map())
  const [state, setState] = useState<Typing['state']>('saved')
  const waiting = useRef(new Map<string, Typed>())
  const underWay = useRef(false)
  const assessor = useRef(assessorId)
  assessor.current = assessorId

  async function save(): Promise<void> {
    if (underWay.current || waiting.current.size === 0) return
    const batch = waiting.current
    waiting.current = new Map()
    underWay.current = true
    setState('saving')
    const done = await send([...batch.values()])
    underWay.current = false
    if (!done) {
      waiting.current = new Map([...batch, ...waiting.current])
      setState('failed')
      return
    }
    setTyped((now) => without(now, batch))
    if (waiting.current.size > 0) return save()
    setState('saved')
  }

  async function send(batch: Typed[]): Promise<boolean> {
    const lines = batch.map(({ line, words }) => sent(line, words))
    try {
      const { data } = await api.POST('/api/v1/assessments/bulk', {
        body: { run_id: runId, assessor_id: assessor.current, finalise: false, lines },
        headers: { 'X-Correlation-ID': newId(), 'Idempotency-Key': newId() }
      })
      note(data!.lines)
      await refresh(['/api/v1/assessments'])
      return true
    } catch (error) {
      tellProblem(asProblem(error))
      return false
    }
  }

  function note(lines: readonly Schema['LineView'][]): void {
    setRefused((now) => {
      const next = new Map(now)
      for (const each of lines) {
        const key = keyOf(each.enrolment_id, each.skill_code)
        if (each.verdict === 'refused') next.set(key, whyOf(each))
        else next.delete(key)
      }
      return next
    })
  }

  const settle = useDebouncedCallback(() => void save(), PAUSE_MS)
  function type(line: Line, words: Words): void {
    waiting.current.set(line.key, { line, words })
    setTyped((now) => new Map(now).set(line.key, words))
    setState((now) => (now === 'failed' ? now : 'saving'))
    settle()
  }

  // Whoever leaves the page takes nothing typed with them that was not sent.
  useEffect(() => () => void save(), []) // oxlint-disable-line react-hooks/exhaustive-deps

  return { typed, refused, state, type, save: () => void save(), note }
}

/** Without what was sent, unless it was typed over meanwhile. */
function without(now: ReadonlyMap<string, Words>, batch: ReadonlyMap<string, Typed>): Map<string, Words> {
  return new Map([...now].filter(([key, words]) => batch.get(key)?.words !== words))
}

function whyOf({ findings, message }: Schema['LineView']): string {
  const found = findings.map((finding) => `${finding.message} ${finding.fix}`)
  return found.length > 0 ? found.join(' ') : (message ?? 'It was refused.')
}
