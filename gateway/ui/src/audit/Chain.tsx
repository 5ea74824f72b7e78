import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react'
import { queries } from '~/api/client'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import type { Look } from '~/status'
import { count } from '~/words'
import styles from './audit.module.css'

export const unbroken: Look = { tone: 'good', word: 'Unbroken', icon: ShieldCheck, help: 'As it was last read.' }
export const broken: Look = { tone: 'bad', word: 'Broken', icon: ShieldAlert, help: 'The last reading found a fault.' }
const unread: Look = { tone: 'odd', word: 'Not read yet', icon: ShieldQuestion }

type Verified = { from_seq: number; to_seq: number; intact: boolean; first_broken_seq: number | null }

/** How the log stands: the outcome of its last reading, and how far it is sealed by a signature. */
export function Chain() {
  const last = useLastVerification()
  const sealed = queries.useQuery('get', '/api/v1/audit/checkpoints', { params: { query: { limit: 1 } } })
  const checkpoint = sealed.data?.items[0]
  const reading = sealed.isPending || last.pending
  return (
    <span className={styles.chain} data-reading={reading || undefined}>
      {!reading && <Status look={last.verdict === null ? unread : last.verdict.intact ? unbroken : broken} />}
      {last.verdict !== null && (
        <span>
          {last.verdict.intact
            ? `entries ${count(last.verdict.from_seq)} to ${count(last.verdict.to_seq)} verified `
            : `entry ${last.verdict.first_broken_seq} does not hold, verified `}
          <Moment at={last.at} />
        </span>
      )}
      {checkpoint !== undefined && (
        <span>
          {count(checkpoint.tree_size)} sealed <Moment at={checkpoint.made_at} />
        </span>
      )}
    </span>
  )
}

/** Every verification is itself an entry; what it found stands in the event. */
function useLastVerification(): { verdict: Verified | null; at: string; pending: boolean } {
  const query = { action: 'audit.chain_verified', limit: 1 }
  const found = queries.useQuery('get', '/api/v1/audit/entries', { params: { query } })
  const newest = found.data?.items[0]
  const whole = queries.useQuery(
    'get',
    '/api/v1/audit/entries/{seq}',
    { params: { path: { seq: newest?.seq ?? 0 } } },
    { enabled: newest !== undefined }
  )
  const verdict = whole.data === undefined ? null : (JSON.parse(whole.data.body) as { data: Verified }).data
  const pending = found.isPending || (newest !== undefined && whole.isPending)
  return { verdict, at: newest?.happened_at ?? '', pending }
}
