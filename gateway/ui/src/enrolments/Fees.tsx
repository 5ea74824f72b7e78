import { Button, Group, Title } from '@mantine/core'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { By } from '~/components/By'
import { feeLooks } from '~/status'
import { day } from '~/time'
import { ActionButton, offered } from './ActionButton'
import { AFFECTS } from './Actions'
import { AmendFees } from './AmendFees'
import styles from './Fees.module.css'
import { MoneyForm } from './MoneyForm'
import { dollars } from './money'
import type { Detail } from './moves'

type Entry = Schema['FeeBlock']['entries'][number]
type Asking = 'pay' | 'refund' | 'amend_fees' | null

const kindWords: Record<Schema['EntryKind'], string> = {
  payment: 'Payment',
  reversal: 'Reversal',
  refund: 'Refund',
  carried_out: 'Carried to another place',
  carried_in: 'Carried from another place'
}
const verbs = { pay: 'Add payment', refund: 'Refund', amend_fees: 'Change fees' } as const

/** What is asked and paid; amounts only for those who may see them. */
export function Fees({ of: record }: { of: Detail }) {
  const [asking, setAsking] = useState<Asking>(null)
  const { fees, fee_status } = record
  const close = () => setAsking(null)
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Fees
      </Title>
      <Properties
        of={[['Collection', <Status key="fee" look={feeLooks[fee_status]} />], ...(fees === null ? [] : amounts(fees))]}
      />
      {fees !== null && (
        <>
          {fees.entries.length > 0 && <Entries of={record} entries={fees.entries} />}
          <Group gap={8} mt={8}>
            {(Object.keys(verbs) as (keyof typeof verbs)[]).map((action) => {
              const allowed = offered(record, action)
              return (
                allowed && <ActionButton key={action} of={allowed} verb={verbs[action]} act={() => setAsking(action)} />
              )
            })}
          </Group>
          {(asking === 'pay' || asking === 'refund') && (
            <MoneyForm of={record} fees={fees} way={asking} close={close} />
          )}
          {asking === 'amend_fees' && <AmendFees of={record} fees={fees} close={close} />}
        </>
      )}
    </section>
  )
}

function amounts(fees: Schema['FeeBlock']): ReadonlyArray<readonly [string, React.ReactNode]> {
  return [
    ['Full fee', dollars(fees.full_fee)],
    ['Nett fee', dollars(fees.nett_fee)],
    ['Discount', dollars(fees.discount)],
    ['Paid', dollars(fees.paid)],
    ['Outstanding', dollars(fees.outstanding)],
    ...(Number(fees.refund_due) > 0 ? ([['Refund due', dollars(fees.refund_due)]] as const) : []),
    ['Due', fees.due_on ? day(fees.due_on) : null]
  ]
}

function Entries({ of: record, entries }: { of: Detail; entries: Entry[] }) {
  const [chosen, setChosen] = useState<Entry | null>(null)
  const reversed = new Set(entries.map(({ reverses }) => reverses))
  const reverse = offered(record, 'reverse')
  return (
    <>
      <ul className={styles.entries} aria-label="Fee entries">
        {entries.map((entry) => (
          <li key={entry.id}>
            <span>
              {kindWords[entry.kind]}, {day(entry.paid_on)}
              {reversed.has(entry.id) && ' (reversed)'}
            </span>
            <span className="figures">{dollars(entry.amount)}</span>
            <span className="dimmed">
              {entry.reason !== null && <>{entry.reason} · </>}
              by <By id={entry.created_by} you="you" />
            </span>
            {reverse?.allowed === true && entry.kind === 'payment' && !reversed.has(entry.id) && (
              <Button size="compact-xs" variant="subtle" onClick={() => setChosen(entry)}>
                Reverse
              </Button>
            )}
          </li>
        ))}
      </ul>
      {chosen !== null && <Reverse of={record} entry={chosen} close={() => setChosen(null)} />}
    </>
  )
}

function Reverse({ of: record, entry, close }: { of: Detail; entry: Entry; close: () => void }) {
  const reverse = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/fee/{entry_id}/reverse', {
        params: { path: { enrolment_id: record.id, entry_id: entry.id }, header: { ...headers, ...ifMatch(record) } },
        body: { reason }
      }),
    { affects: AFFECTS, done: () => `The payment of ${dollars(entry.amount)} is reversed.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`Reverse ${dollars(entry.amount)}?`}
      verb={`Reverse ${dollars(entry.amount)}`}
      destructive
      busy={reverse.busy}
      reason
      confirm={reverse.run}
    >
      Takes a payment back that was booked wrongly. It is the only way the collection status goes back.
    </Confirm>
  )
}
