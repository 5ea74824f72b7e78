import { Progress, Skeleton } from '@mantine/core'
import { useTimeout } from '@mantine/hooks'
import { useState, type ReactNode } from 'react'
import { Failure } from './Failure'

const PATIENCE_MS = 300

type Query<Data> = { data: Data | undefined; error: unknown; isFetching: boolean; refetch: () => unknown }

/** What a query brought: a skeleton on a slow first visit, old data under a thin bar while reading anew, or why not. */
export function Loaded<Data>({ of, children }: { of: Query<Data>; children: (data: Data) => ReactNode }) {
  const { data, error, isFetching, refetch } = of
  if (data === undefined && error !== null) return <Failure error={error} again={() => void refetch()} />
  if (data === undefined) return <Waiting />
  return (
    <>
      <Bar moving={isFetching} />
      {error !== null && <Failure error={error} again={() => void refetch()} />}
      {children(data)}
    </>
  )
}

/** Takes no room, so nothing moves when it comes and goes. */
export function Bar({ moving }: { moving: boolean }) {
  return (
    <div style={{ position: 'relative' }} aria-hidden data-reading={moving || undefined}>
      {moving && <Progress value={100} animated size={2} pos="absolute" top={-4} left={0} right={0} />}
    </div>
  )
}

export function Waiting() {
  const [late, setLate] = useState(false)
  useTimeout(() => setLate(true), PATIENCE_MS, { autoInvoke: true })
  if (!late) return <div data-reading data-waiting hidden />
  return (
    <div role="status" aria-label="Loading" data-reading data-waiting>
      {Array.from({ length: 6 }, (_, row) => (
        <Skeleton key={row} height={28} mb={8} />
      ))}
    </div>
  )
}
