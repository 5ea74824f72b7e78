import { useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { Figure, Figures } from '~/components/Figure'
import { Go } from '~/components/links'
import { count, money } from '~/words'

/** How everything stands, in six numbers; each leads to the list it counts. */
export function Summary({ of: { total } }: { of: Schema['SummaryView'] }) {
  const may = useMay()
  return (
    <Figures label="How it stands">
      <Figure name="Missed deadlines" value={count(total.breached)} link={<Go {...queue('red')}>Show</Go>} />
      <Figure name="Late or at risk" value={count(total.red)} link={<Go {...queue('red')}>Show</Go>} />
      <Figure name="Due soon" value={count(total.amber)} link={<Go {...queue('amber')}>Show</Go>} />
      {total.money_at_risk_cents !== null && (
        <Figure name="Money at risk" value={money(total.money_at_risk_cents ?? 0)} note="in what is red or amber" />
      )}
      {may('sync:view') && <Submissions />}
    </Figures>
  )
}

function Submissions() {
  const { data, isPending } = queries.useQuery('get', '/api/v1/sync/status')
  const { rejected = 0, dead_lettered = 0, queued = 0, retry_wait = 0, verifying = 0, blocked = 0 } = data?.counts ?? {}
  const known = (number: number) => (data === undefined ? '–' : count(number))
  return (
    <>
      <Figure
        name="Stuck submissions"
        value={known(rejected + dead_lettered)}
        reading={isPending}
        link={
          <Go to="/sync" search={{ state: rejected > 0 ? 'rejected' : 'dead_lettered' }}>
            Show
          </Go>
        }
      />
      <Figure
        name="Waiting to be sent"
        value={known(queued + retry_wait + verifying + blocked)}
        reading={isPending}
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
