import { Text } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { useLive } from '~/api/live'
import { useConfig } from '~/api/config'
import { instant, now, wallClock } from '~/time'
import styles from './Shell.module.css'

const EVERY_MS = 5_000
const WORDS = { live: 'Live', connecting: 'Reconnecting', 'signed out': 'Signed out' }

/** The system's time, in Singapore, wherever the desk stands. */
export function Clock() {
  useConfig() // draws anew when the server's time is known
  const [, setTick] = useState(0)
  useInterval(() => setTick((tick) => tick + 1), EVERY_MS, { autoInvoke: true })
  return (
    <Text size="sm" c="dimmed" visibleFrom="md" className="figures">
      {wallClock(now())}
    </Text>
  )
}

/** Whether changes made elsewhere show by themselves, and as of when. */
export function LiveBadge() {
  const { state, asOf } = useLive()
  const title = asOf === null ? WORDS[state] : `${WORDS[state]}, as of ${instant(asOf)}`
  return (
    <span className={styles.badge} data-state={state} title={title} role="status">
      <span>{WORDS[state]}</span>
    </span>
  )
}
