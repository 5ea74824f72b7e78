import type { Change } from './words'
import styles from './audit.module.css'

/** Before and after, field by field. */
export function Changes({ of: changes }: { of: readonly Change[] }) {
  return (
    <table className={styles.changes} aria-label="Changes">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.field}>
            <td>{change.field}</td>
            <td>{change.old}</td>
            <td>{change.new}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
