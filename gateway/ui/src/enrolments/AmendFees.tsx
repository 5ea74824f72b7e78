import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { AFFECTS } from './Actions'
import { FeeFields, feeRules, type FeeValues } from './FeeFields'
import { cents } from './money'
import type { Detail } from './moves'

type Values = FeeValues & { reason: string }

/** What is asked of the trainee or the employer. */
export function AmendFees({ of: record, fees, close }: { of: Detail; fees: Schema['FeeBlock']; close: () => void }) {
  const form = useForm<Values>({
    mode: 'uncontrolled',
    initialValues: {
      full_fee: Number(fees.full_fee),
      nett_fee: Number(fees.nett_fee),
      discount: Number(fees.discount),
      fee_due_on: fees.due_on,
      reason: ''
    },
    validate: { ...feeRules, ...rules('FeePatch', { reason: 'the reason' }) },
    validateInputOnBlur: true
  })
  const amend = useCommand(
    (patch: Schema['FeePatch'], headers) =>
      api.PATCH('/api/v1/enrolments/{enrolment_id}/fee', {
        params: { path: { enrolment_id: record.id }, header: { ...headers, ...ifMatch(record) } },
        body: patch
      }),
    {
      affects: AFFECTS,
      done: () => 'The fees are changed.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: close,
      failed: ({ fields }) => {
        form.setErrors(fieldErrors(fields))
        return fields.length > 0
      }
    }
  )
  /** Only what was changed here: whoever changes the rest meanwhile keeps it. */
  function save(values: Values) {
    const nett = values.nett_fee === '' ? values.full_fee : values.nett_fee
    void amend.run({
      ...(form.isDirty('full_fee') && { full_fee: cents(values.full_fee) }),
      ...(form.isDirty('nett_fee') && { nett_fee: cents(nett) }),
      ...(form.isDirty('discount') && { discount: cents(values.discount) }),
      ...(form.isDirty('fee_due_on') && { fee_due_on: values.fee_due_on }),
      reason: values.reason.trim() || null
    })
  }
  return (
    <Modal opened onClose={close} title="Change fees" attributes={{ header: { role: 'none' } }}>
      <form onSubmit={form.onSubmit(save)} noValidate>
        <Stack gap={12}>
          <FeeFields form={form} />
          <Textarea
            label="Reason"
            description="Kept in the audit log. No names, no ID numbers."
            key={form.key('reason')}
            {...form.getInputProps('reason')}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={amend.busy}>
              Change fees
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
