import { Fragment, type ReactNode } from 'react'
import styles from './Properties.module.css'

/** What a record says of itself, as names and values. */
export function Properties({ of }: { of: ReadonlyArray<readonly [name: string, value: ReactNode]> }) {
  return (
    <dl className={styles.properties}>
      {of.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value === null || value === undefined || value === '' ? '–' : value}</dd>
        </Fragment>
      ))}
    </dl>
  )
}
