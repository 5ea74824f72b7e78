import { NumberInput, SimpleGrid } from '@mantine/core'
import { DateInput } from '@mantine/dates'
import type { GetInputPropsReturnType } from '@mantine/form'
import { rules } from '~/api/rules'

export type FeeValues = {
  full_fee: number | string
  nett_fee: number | string
  discount: number | string
  fee_due_on: string | null
}

type Form = { key: (path: string) => string; getInputProps: (path: string) => GetInputPropsReturnType }

const limits = rules('EnrolmentWish', { full_fee: 'the full fee', nett_fee: 'the nett fee', discount: 'the discount' })

/** The API's limits; and that neither part is more than the whole, which it says of the wish, not of a field. */
export const feeRules = {
  full_fee: limits.full_fee!,
  nett_fee: (value: unknown, { full_fee }: FeeValues) => limits.nett_fee!(value) ?? beyond(value, full_fee),
  discount: (value: unknown, { full_fee }: FeeValues) => limits.discount!(value) ?? beyond(value, full_fee)
}

function beyond(part: unknown, whole: number | string): string | null {
  return Number(part) > Number(whole) ? 'This is more than the full fee.' : null
}

export function FeeFields({ form }: { form: Form }) {
  const money = { prefix: 'S$', decimalScale: 2, fixedDecimalScale: true, allowNegative: false, hideControls: true }
  const at = (name: keyof FeeValues) => ({ ...form.getInputProps(name), key: form.key(name) })
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
      <NumberInput label="Full fee" {...money} {...at('full_fee')} />
      <NumberInput
        label="Nett fee"
        description="After funding; empty means the full fee."
        {...money}
        {...at('nett_fee')}
      />
      <NumberInput label="Discount" {...money} {...at('discount')} />
      <DateInput
        label="Due on"
        valueFormat="YYYY-MM-DD"
        clearable
        clearButtonProps={{ 'aria-label': 'Clear the day' }}
        placeholder="2026-12-31"
        {...at('fee_due_on')}
      />
    </SimpleGrid>
  )
}
