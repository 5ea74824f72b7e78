import type { Look } from '~/status'
import styles from './Status.module.css'

/** A state: tone, icon and word together. `looks` come from status.ts. */
export function Status({ look, note }: { look: Look; note?: string }) {
  const Icon = look.icon
  return (
    <span className={styles.status} data-tone={look.tone} title={look.help}>
      <Icon size={13} aria-hidden />
      <span className={styles.word}>
        {look.word}
        {note !== undefined && <> · {note}</>}
      </span>
    </span>
  )
}
