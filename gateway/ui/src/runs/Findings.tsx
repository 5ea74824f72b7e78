import type { Schema } from '~/api/client'
import { Status } from '~/components/Status'
import { severityLooks } from '~/status'
import { plain } from '~/words'
import styles from './runs.module.css'

/** The pre-flight checklist: what must be mended, what is worth a look, or that nothing is. */
export function Findings({ ready, errors, warnings }: Schema['CoursePreflightView']) {
  const found = [
    ...errors.map((finding) => ({ ...finding, look: severityLooks.block })),
    ...warnings.map((finding) => ({ ...finding, look: severityLooks.warn }))
  ]
  return (
    <div>
      <p className={styles.verdict}>
        {ready ? 'Nothing stands in the way of publishing.' : 'It cannot be published yet. TPGateway would refuse it:'}
      </p>
      {found.length > 0 && (
        <ul className={styles.findings} aria-label="Findings">
          {found.map(({ field, code, message, fix, look }) => (
            <li key={`${field} ${code}`}>
              <Status look={look} />
              <div>
                <b>{fieldName(field)}</b> {message} <span className="dimmed">{fix}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** `sessions.2.start_at` as `Session 3, start at:` */
export function fieldName(field: string): string {
  const session = /^sessions\.(\d+)(?:\.(.+))?$/.exec(field)
  if (session === null) return `${plain(field)}:`
  const part = session[2] === undefined ? '' : `, ${plain(session[2]).toLowerCase()}`
  return `Session ${Number(session[1]) + 1}${part}:`
}
