import { Button, Group, Text } from '@mantine/core'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { ID, TRACE_ID } from '~/api/ids'
import { Bar, Waiting } from '~/components/Loaded'
import { CopyId } from '~/components/CopyId'
import { Empty } from '~/components/Empty'
import { Failure } from '~/components/Failure'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { TraceLink } from '~/components/TraceLink'
import type { Mark } from '~/ids/trail'
import { useTrail } from '~/ids/useTrail'
import styles from '~/ids/ids.module.css'
import { instantExact } from '~/time'

export function Page() {
  const { id } = useParams({ from: '/shell/ids/$id' })
  const known = ID.test(id) || TRACE_ID.test(id)
  return (
    <>
      <PageHeader
        title="Everything with this id"
        below={<CopyId id={id} label={TRACE_ID.test(id) ? 'trace id' : 'correlation id'} whole />}
      />
      {ID.test(id) && <Trail key={id} id={id.toLowerCase()} />}
      {TRACE_ID.test(id) && <Trace id={id.toLowerCase()} />}
      {!known && <Empty>This is neither a correlation id nor a trace id. Paste the whole of it.</Empty>}
    </>
  )
}

/** A trace is kept where traces are looked at; the records it touched are found by its correlation id. */
function Trace({ id }: { id: string }) {
  return (
    <Empty next={<TraceLink id={id} />}>
      A trace shows one request across the services. The root of it names the correlation id: paste that here to see
      what the request has done.
    </Empty>
  )
}

function Trail({ id }: { id: string }) {
  const { marks, hidden, limits, pending, error, refetch, more } = useTrail(id)
  // Sources answer one after the other; the first time all are waited for, so that nothing is pushed aside.
  const [whole, setWhole] = useState(false)
  if (!pending && !whole) setWhole(true)
  if (error !== null) return <Failure error={error} again={() => void refetch()} />
  if (!whole) return <Waiting />
  return (
    <>
      <Bar moving={pending} />
      {hidden.map(({ source, permission }) => (
        <Text key={source} size="sm" c="dimmed">
          {source}: not for your role, it needs <b>{permission}</b>.
        </Text>
      ))}
      {limits.map((limit) => (
        <Text key={limit} size="sm" c="dimmed">
          {limit}
        </Text>
      ))}
      {marks.length === 0 ? (
        <Empty>
          Nothing was recorded with this id. Reads leave no record; a refused command leaves one only in its trace.
        </Empty>
      ) : (
        <ol className={styles.trail} aria-label="What happened" style={{ marginTop: 12 }}>
          {marks.map((mark) => (
            <Point key={mark.key} mark={mark} />
          ))}
        </ol>
      )}
      {more !== null && (
        <Button variant="default" onClick={() => void more()}>
          Show earlier ones too
        </Button>
      )}
    </>
  )
}

function Point({ mark }: { mark: Mark }) {
  return (
    <li className={styles.mark} data-tone={mark.tone}>
      <time className={styles.time} dateTime={mark.at}>
        {instantExact(mark.at)} SGT
      </time>
      <span className={styles.source}>{mark.source}</span>
      <div>
        <div className={styles.title}>
          <Title mark={mark} />
        </div>
        {mark.detail !== undefined && <div>{mark.detail}</div>}
        <Group gap={8} className="dimmed">
          <span>{mark.facts.join(' · ')}</span>
          <TraceLink id={mark.traceId}>Trace</TraceLink>
        </Group>
      </div>
    </li>
  )
}

function Title({ mark: { title, to } }: { mark: Mark }) {
  if (to === undefined) return <>{title}</>
  if ('audit' in to)
    return (
      <Go to="/audit" search={{ open: to.audit }}>
        {title}
      </Go>
    )
  const [recordType, recordId] = to.record
  return (
    <Go to="/sync/$recordType/$recordId" params={{ recordType, recordId }}>
      {title}
    </Go>
  )
}
