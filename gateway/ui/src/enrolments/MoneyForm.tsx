import { Button, Group, Modal, NumberInput, Stack, Textarea } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import { useForm } from '@mantine/form'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { today } from '~/time'
import { AFFECTS } from './Actions'
import { cents, dollars } from './money'
import type { Detail } from './moves'

type Values = { amount: number | string; paid_on: string | null; reason: string }
type Props = { of: Detail; fees: Schema['FeeBlock']; way: 'pay' | 'refund'; close: () => void }

const words = { amount: 'the amount', reason: 'a reason' }
const checks = { pay: rules('PaymentWish', words), refund: rules('RefundWish', words) }
const texts = {
  pay: { title: 'Add payment', verb: 'Add payment', on: 'Paid on', done: 'is booked.' },
  refund: { title: 'Refund', verb: 'Book refund', on: 'Paid back on', done: 'is booked as paid back.' }
}

/** Money that came in, or went back to somebody who has left. */
export function MoneyForm({ of: record, fees, way, close }: Props) {
  const most = way === 'pay' ? fees.outstanding : fees.refund_due
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: { amount: Number(most), paid_on: today(), reason: '' },
    validate: checks[way],
    validateInputOnBlur: true
  })
  const book = useCommand(
    ({ amount, paid_on, reason }: Values, headers) => {
      const params = { path: { enrolment_id: record.id }, header: { ...headers, ...ifMatch(record) } }
      const money = { amount: cents(amount), paid_on }
      return way === 'pay'
        ? api.POST('/api/v1/enrolments/{enrolment_id}/fee', {
            params,
            body: { ...money, reason: reason.trim() || null }
          })
        : api.POST('/api/v1/enrolments/{enrolment_id}/refund', { params, body: { ...money, reason: reason.trim() } })
    },
    {
      affects: AFFECTS,
      done: (_, { amount }) => `${dollars(amount)} ${texts[way].done}`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: close,
      failed: ({ fields, code, detail }) => {
        if (code === 'overpaid' || code === 'nothing_to_refund') form.setErrors({ amount: detail })
        else form.setErrors(fieldErrors(fields))
        return fields.length > 0 || code === 'overpaid' || code === 'nothing_to_refund'
      }
    }
  )
  const at = (name: keyof Values) => ({ ...form.getInputProps(name), key: form.key(name) })
  return (
    <Modal opened onClose={close} title={texts[way].title} attributes={{ header: { role: 'none' } }}>
      <form onSubmit={form.onSubmit((values) => void book.run(values))} noValidate>
        <Stack gap={12}>
          <NumberInput
            label="Amount"
            description={`At most ${dollars(most)}.`}
            prefix="S$"
            decimalScale={2}
            fixedDecimalScale
            allowNegative={false}
            hideControls
            required
            data-autofocus
            {...at('amount')}
          />
          <DateInput label={texts[way].on} valueFormat="YYYY-MM-DD" maxDate={today()} required {...at('paid_on')} />
          <Textarea
            label="Reason"
            description="Kept in the audit log. No names, no ID numbers."
            required={way === 'refund'}
            autosize
            minRows={2}
            {...at('reason')}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={book.busy}>
              {texts[way].verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
