import type { Schema } from '~/api/client'
import { differing } from '~/api/patch'
import { rules } from '~/api/rules'
import { noPhone, phoneRules, phoneWish, type PhoneValues } from './phone'
import type { Employer } from './words'

export type EmployerValues = { uen: string; name: string; contact_name: string; email: string; phone: PhoneValues }

export const employerRules = {
  ...rules('EmployerWish', { uen: 'the UEN', name: 'the name', contact_name: 'the contact', email: 'the email' }),
  phone: phoneRules({ required: true })
}

export function valuesOf(employer: Employer | null): EmployerValues {
  return {
    uen: employer?.uen ?? '',
    name: employer?.name ?? '',
    contact_name: employer?.contact_name ?? '',
    email: employer?.email ?? '',
    phone: employer?.phone ?? noPhone
  }
}

export function wishOf({ uen, name, contact_name, email, phone }: EmployerValues): Schema['EmployerWish'] {
  return {
    uen: uen.trim(),
    name: name.trim(),
    contact_name: contact_name.trim(),
    email: email.trim(),
    phone: phoneWish(phone)!
  }
}

/** Only what differs from what was read. */
export function patchOf(values: EmployerValues, employer: Employer): Schema['EmployerPatch'] {
  return differing(wishOf(values), wishOf(valuesOf(employer)))
}
