import { Progress, Stack, Text } from '@mantine/core'
import { queries } from '~/api/client'
import { Go, GoButton } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { By } from '~/components/By'
import { batchLooks } from '~/status'
import { day, instant } from '~/time'
import { count, counted } from '~/words'
import { Accept } from './Accept'
import { Finish } from './Finish'
import { readyOf, underWay, type Batch, type Kind, type Verdict } from './kinds'
import { Problems } from './Problems'
import { useBatch } from './reading'
import { Rows } from './Rows'
import { Steps } from './Steps'
import { Verdicts } from './Verdicts'

type Props = {
  kind: Kind
  id: string
  /** Somebody sent these very bytes once more. */
  again: boolean
  verdict: Verdict | undefined
  show: (verdict: Verdict | undefined) => void
}

/** One file from its check to what became of it; the address brings it back. */
export function Import(props: Props) {
  const file = useBatch(props.kind, props.id)
  return <Loaded of={{ ...file, isFetching: false }}>{(batch) => <File {...props} batch={batch} />}</Loaded>
}

function File({ kind, batch, again, verdict, show }: Props & { batch: Batch }) {
  const done = batch.status === 'committed'
  return (
    <>
      <PageHeader title={kind.title} beside={<Status look={batchLooks[batch.status]} />} below={<Head batch={batch} />}>
        <GoButton to={kind.start} variant="default">
          Import another file
        </GoButton>
      </PageHeader>
      <Steps at={done ? 'Done' : 'Check'} />
      {again && <Again batch={batch} />}
      {underWay(batch) ? (
        <Working kind={kind} batch={batch} />
      ) : (
        <>
          {done ? <Finish kind={kind} batch={batch} /> : <Accept kind={kind} batch={batch} />}
          <Verdicts kind={kind} batch={batch} chosen={verdict} show={show} />
          <Problems kind={kind} batch={batch} />
          <Rows kind={kind} batch={batch} verdict={verdict} />
        </>
      )}
    </>
  )
}

function Head({ batch }: { batch: Batch }) {
  return (
    <>
      {counted(batch.rows, 'row')}, sent {instant(batch.created_at)}
      <Text component="div" inherit truncate>
        by <By id={batch.created_by} you="you" />
        {batch.run_id !== null && (
          <>
            {' '}
            for <RunLink id={batch.run_id} />
          </>
        )}
      </Text>
      {batch.ignored_columns.length > 0 && <div>Columns not read: {batch.ignored_columns.join(', ')}.</div>}
    </>
  )
}

function RunLink({ id }: { id: string }) {
  const run = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params: { path: { run_id: id } } })
  return (
    <Go to="/runs/$runId" params={{ runId: id }} underline="always">
      {run.data === undefined ? 'its run' : `${run.data.course_title}, ${day(run.data.start_on)}`}
    </Go>
  )
}

function Again({ batch }: { batch: Batch }) {
  const so = { checking: 'is being checked', checked: 'waits to be accepted' }[batch.status as string]
  return (
    <div className="panel" role="status" style={{ marginBottom: 16 }}>
      This very file was sent before, on {instant(batch.created_at)}. Nothing has changed by sending it again: it{' '}
      {so ?? 'was taken, and is not taken twice'}.
    </div>
  )
}

function Working({ kind, batch }: { kind: Kind; batch: Batch }) {
  const checking = batch.status === 'checking'
  const [now, all] = checking ? [batch.judged, batch.rows] : [batch.settled, readyOf(kind, batch)]
  const words = `${count(now)} of ${counted(all, 'row')} ${checking ? 'checked' : 'taken or refused'}`
  return (
    <Stack gap={8} maw={560}>
      <Progress value={all === 0 ? 0 : (100 * now) / all} aria-label={words} />
      <Text role="status" className="figures">
        {words}
      </Text>
      <Text size="sm" c="dimmed">
        It goes on without this page, and this address shows how far it is.
      </Text>
    </Stack>
  )
}
