import { Text } from '@mantine/core'
import { CloudOff } from 'lucide-react'
import { useEffect } from 'react'
import { useMe } from '~/access'
import { counted } from '~/words'
import styles from './attendance.module.css'
import { unsent } from './marks'
import { openFor, useOutbox } from './outbox'

/** Whether what was marked has arrived; it never says so before it has. */
export function Saving() {
  const { box, away, kept } = useOutbox()
  const waiting = unsent(box)
  return (
    <Text size="sm" role="status" c={away ? undefined : 'dimmed'} className={away ? styles.away : undefined}>
      {away && <CloudOff size={14} aria-hidden />}
      {words(waiting, away)}
      {waiting > 0 && !kept && ' This browser cannot keep them through a reload: leave the page open.'}
    </Text>
  )
}

function words(waiting: number, away: boolean): string {
  if (away && waiting > 0) return `${counted(waiting, 'mark')} ${waiting === 1 ? 'waits' : 'wait'} for the network.`
  if (away) return 'No network. Marks are kept on this device and sent later.'
  return waiting > 0 ? 'Saving' : 'All changes saved'
}

/** In the header of every page: sends what waits, and says so while it cannot. */
export function MarksOnTheirWay() {
  const me = useMe()
  const { box, away } = useOutbox()
  const waiting = unsent(box)
  useEffect(() => openFor(me.id), [me.id])
  if (!away || waiting === 0) return null
  return (
    <span className={styles.badge} title={words(waiting, away)}>
      <CloudOff size={14} aria-hidden />
      {waiting}
      <span className="hidden">{words(waiting, away)}</span>
    </span>
  )
}
