import { Button, Group, Title } from '@mantine/core'
import { counted } from '~/words'
import styles from './attendance.module.css'
import { letterLooks, letterOf } from './looks'
import { cell, type Dispute } from './marks'
import { sendAgain, setAside, useOutbox } from './outbox'
import type { Reg } from './sheets'

/** Marks the server did not take, beside what stands: a person compares, and one of the two goes. */
export function Disputes({ register }: { register: Pick<Reg, 'columns' | 'rows'> }) {
  const { box } = useOutbox()
  const numbers = new Map(register.columns.map(({ summary }) => [summary.session_id, summary.sequence]))
  const names = new Map(register.rows.map(({ id, name }) => [id, name]))
  const here = [...box.disputes.values()].filter(({ op }) => numbers.has(op.session))
  if (here.length === 0) return null
  return (
    <section className="panel" aria-label="Marks that were not taken" style={{ marginBottom: 12 }}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{counted(here.length, 'mark')} not taken</Title>
        <Button variant="default" size="xs" onClick={() => setAside(here.map(keyOf))}>
          Keep all that stands
        </Button>
      </Group>
      <ul className={styles.disputes}>
        {here.map((dispute) => (
          <li key={keyOf(dispute)}>
            <span>
              <b>{names.get(dispute.op.enrolment) ?? 'Somebody'}</b>, session {numbers.get(dispute.op.session)}: you
              marked {word(dispute.op)}. {standsOf(dispute)} <span className="dimmed">{whyOf(dispute)}</span>
            </span>
            <Group gap={8}>
              <Button variant="default" size="xs" onClick={() => setAside([keyOf(dispute)])}>
                Keep what stands
              </Button>
              <Button variant="default" size="xs" onClick={() => sendAgain([dispute])}>
                Mark {word(dispute.op)} again
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </section>
  )
}

function keyOf({ op }: Dispute): string {
  return cell(op.session, op.enrolment)
}

function word(mark: Dispute['op']): string {
  return letterLooks[letterOf(mark)].word.toLowerCase()
}

function standsOf({ stands }: Dispute): string {
  return stands === null
    ? ''
    : `What stands: ${letterLooks[letterOf({ state: stands, note: null })].word.toLowerCase()}.`
}

function whyOf({ outcome, message }: Dispute): string {
  if (outcome === 'superseded') return 'Somebody marked it later, or had seen more.'
  return message ?? ''
}
