import { rules } from '~/api/rules'
import type { Schema } from '~/api/client'

export type PhoneValues = { country: string; area: string; number: string }

export const noPhone: PhoneValues = { country: '+65', area: '', number: '' }

const { country, area, number } = rules('PhoneWish', {
  country: 'the country code, such as +65',
  area: 'the area code',
  number: 'the phone number'
})

/** Checks for a form's `phone`; a number that may be left out is not asked for. */
export function phoneRules(options: { required: boolean }) {
  const given = (check: typeof number) => (value: unknown) => (value === '' ? null : check!(value))
  return { country: given(country), area: given(area), number: options.required ? number! : given(number) }
}

/** As the API takes it; nothing when no number was given. */
export function phoneWish({ country, area, number }: PhoneValues): Schema['PhoneWish'] | undefined {
  return number.trim() === '' ? undefined : { country: country.trim(), area: area.trim(), number: number.trim() }
}
