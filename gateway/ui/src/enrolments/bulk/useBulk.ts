import { useEffect, useRef, useState } from 'react'
import { refresh } from '~/api/cache'
import { newId } from '~/api/ids'
import { asProblem, type Problem } from '~/api/problem'
import { AFFECTS } from '../Actions'
import { moves, type Detail } from '../moves'
import { count } from './counting'
import type { Counted } from './judging'
import { sweep } from './sweep'

export type Failure = { record: Detail; problem: Problem }
export type Phase =
  | { name: 'counting'; done: number; of: number }
  | { name: 'ready'; counted: Counted }
  | { name: 'going'; done: number; of: number; failures: Failure[]; stopping: boolean }
  | { name: 'over'; done: number; of: number; failures: Failure[]; correlationId: string }
  | { name: 'failed'; problem: Problem }

/** One action for many enrolments: counted first, then asked of each, one after another, until done or stopped. */
export function useBulk(ids: readonly string[], action: string) {
  const [phase, setPhase] = useState<Phase>({ name: 'counting', done: 0, of: ids.length })
  const stopping = useRef(new AbortController())

  useEffect(() => {
    const stop = new AbortController()
    stopping.current = stop
    const told = (done: number) => !stop.signal.aborted && setPhase({ name: 'counting', done, of: ids.length })
    count(ids, action, stop.signal, told).then(
      (counted) => stop.signal.aborted || setPhase({ name: 'ready', counted }),
      (error: unknown) => stop.signal.aborted || setPhase({ name: 'failed', problem: asProblem(error) })
    )
    // Whoever goes away stops it; what is under way is finished.
    return () => stopping.current.abort()
  }, [ids, action])

  async function go(records: readonly Detail[], reason: string): Promise<void> {
    const stop = new AbortController()
    stopping.current = stop
    // One thing a person does has one correlation id; each record a key of its own.
    const correlationId = newId()
    const failures: Failure[] = []
    const keys = new Map(records.map(({ id }) => [id, newId()]))
    const of = records.length
    let finished = 0
    const tell = (done: number) => {
      finished = done
      setPhase({ name: 'going', done, of, failures: [...failures], stopping: stop.signal.aborted })
    }
    async function ask(record: Detail): Promise<void> {
      const headers = { 'X-Correlation-ID': correlationId, 'Idempotency-Key': keys.get(record.id)! }
      try {
        await moves[action]!.call({ record, reason, override: false, runId: null }, headers)
      } catch (error) {
        const problem = asProblem(error)
        if (problem.status === 429) throw error
        failures.push({ record, problem })
      }
    }
    tell(0)
    await sweep(records, ask, { atOnce: 1, stop: stop.signal, told: tell })
    setPhase({ name: 'over', done: finished, of, failures, correlationId })
    await refresh(AFFECTS)
  }

  function stop() {
    stopping.current.abort()
    setPhase((now) => (now.name === 'going' ? { ...now, stopping: true } : now))
  }

  return { phase, go, stop }
}
