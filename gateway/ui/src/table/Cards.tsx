import { Checkbox } from '@mantine/core'
import styles from './DataTable.module.css'
import type { Table } from './DataTable'

/** A table on a phone: one card a row, the first column as its heading. */
export function Cards<Record>({ label, rows, id, columns, select }: Table<Record>) {
  const [first, ...others] = columns
  function choose(key: string, on: boolean) {
    select?.set(on ? [...select.ids, key] : select.ids.filter((other) => other !== key))
  }
  return (
    <ul className={styles.cards} aria-label={label}>
      {rows.map((row) => (
        <li key={id(row)} className={styles.card}>
          <div className={styles.cardHead}>
            {select && (
              <Checkbox
                aria-label="Select"
                checked={select.ids.includes(id(row))}
                onChange={(event) => choose(id(row), event.currentTarget.checked)}
              />
            )}
            {first?.cell(row)}
          </div>
          <dl>
            {others.map((column) => (
              <div key={column.id}>
                <dt>{column.head}</dt>
                <dd>{column.cell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
