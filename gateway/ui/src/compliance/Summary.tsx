import type { ReactNode } from 'react'
import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { Spark } from '~/charts/Spark'
import { Figure, Figures } from '~/components/Figure'
import { Go } from '~/components/links'
import { count, money } from '~/words'
import { changeWords, pastOf, type Kept } from './past'

const DAYS = 14

/** How everything stands, in six numbers, and how it went; each leads to the list it counts. */
export function Summary({ of: { total } }: { of: Schema['SummaryView'] }) {
  const may = useMay()
  const past = usePast()
  const atRisk = total.money_at_risk_cents
  return (
    <Figures label="How it stands">
      <Figure
        name="Missed deadlines"
        value={count(total.breached)}
        link={<Go {...queue('red')}>Show</Go>}
        {...past('breached', total.breached)}
      />
      <Figure
        name="Late or at risk"
        value={count(total.red)}
        link={<Go {...queue('red')}>Show</Go>}
        {...past('red', total.red)}
      />
      <Figure
        name="Due soon"
        value={count(total.amber)}
        link={<Go {...queue('amber')}>Show</Go>}
        {...past('amber', total.amber)}
      />
      {atRisk !== null && (
        <Figure
          name="Money at risk"
          value={money(atRisk)}
          note="in what is red or amber"
          {...past('money_at_risk_cents', atRisk, money)}
        />
      )}
      {may('sync:view') && <Submissions past={past} />}
    </Figures>
  )
}

type PastOf = (
  kept: Kept,
  now: number | undefined,
  say?: (value: number) => string
) => { note?: string; past?: ReactNode }

/** The note and the spark of a figure: what changed today, and the two weeks before. */
function usePast(): PastOf {
  const { data } = queries.useQuery('get', '/api/v1/compliance/history', { params: { query: { days: DAYS } } })
  return (kept, now, say = count) => {
    const past = data && now !== undefined ? pastOf(data.days, kept, now) : undefined
    if (past === undefined) return {}
    const told = `As the last days began, and now: ${past.values.map(say).join(', ')}`
    return { note: changeWords(past.change, say), past: <Spark values={past.values} told={told} /> }
  }
}

function Submissions({ past }: { past: PastOf }) {
  const { data, isPending } = queries.useQuery('get', '/api/v1/sync/status')
  const { rejected = 0, dead_lettered = 0, queued = 0, retry_wait = 0, verifying = 0, blocked = 0 } = data?.counts ?? {}
  const stuck = rejected + dead_lettered
  const waiting = queued + retry_wait + verifying + blocked
  const known = (number: number) => (data === undefined ? '–' : count(number))
  return (
    <>
      <Figure
        name="Stuck submissions"
        value={known(stuck)}
        reading={isPending}
        {...past('stuck', data && stuck)}
        link={
          <Go to="/sync" search={{ state: rejected > 0 ? 'rejected' : 'dead_lettered' }}>
            Show
          </Go>
        }
      />
      <Figure
        name="Waiting to be sent"
        value={known(waiting)}
        reading={isPending}
        {...past('waiting', data && waiting)}
        link={
          <Go to="/sync" search={{ state: blocked > 0 ? 'blocked' : 'queued' }}>
            Show
          </Go>
        }
      />
    </>
  )
}

function queue(level: Schema['ObligationLevel']) {
  return { to: '/', search: { level }, hash: 'queue' } as const
}
