import type { ReactNode } from 'react'
import styles from './Figure.module.css'

/** Figures in a row, as many as the width takes. */
export function Figures({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.figures} aria-label={label}>
      {children}
    </ul>
  )
}

type Figure = { name: string; value: string; note?: ReactNode; link?: ReactNode; past?: ReactNode; reading?: boolean }

/** One number with what it is, and how it went; `link` leads to the list it counts. */
export function Figure({ name, value, note, link, past, reading = false }: Figure) {
  return (
    <li className="panel" data-reading={reading || undefined}>
      <div className={styles.name}>{name}</div>
      <div className={styles.line}>
        <span className={styles.value}>{value}</span>
        {past}
      </div>
      <div className={styles.note}>
        <span>{note}</span>
        {link}
      </div>
    </li>
  )
}
