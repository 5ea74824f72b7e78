import { differing } from '~/api/patch'
import { rules } from '~/api/rules'
import type { Schema } from '~/api/client'
import { noPhone, phoneRules, phoneWish, type PhoneValues } from './phone'
import type { Trainee } from './words'

export type TraineeValues = {
  full_name: string
  id_type: Schema['EnrolmentIdType']
  id_number: string
  born_on: string | null
  birth_precision: Schema['BirthPrecision']
  email: string
  phone: PhoneValues
  survey_language: Schema['SurveyLanguage']
  reason: string
}

const words = {
  full_name: 'the name',
  id_type: 'the kind of identity document',
  id_number: 'the ID number',
  born_on: 'the date of birth',
  email: 'the email'
} as const

/** Of somebody who is known the number is masked: left empty, it stays. */
export function traineeRules(known: boolean) {
  const { id_number, ...others } = rules('TraineeWish', words)
  const number = known ? (value: unknown) => (value === '' ? null : id_number!(value)) : id_number!
  const { reason } = rules('TraineePatch', { reason: 'the reason' })
  return { ...others, id_number: number, reason: reason!, phone: phoneRules({ required: false }) }
}

export function valuesOf(trainee: Trainee | null): TraineeValues {
  return {
    full_name: trainee?.full_name ?? '',
    id_type: trainee?.id_type ?? 'NRIC',
    id_number: '',
    born_on: trainee?.born_on ?? null,
    birth_precision: trainee?.birth_precision ?? 'day',
    email: trainee?.email ?? '',
    phone: trainee?.phone ?? noPhone,
    survey_language: trainee?.survey_language ?? 'EL',
    reason: ''
  }
}

/** A new person as the API takes one. */
export function wishOf(values: TraineeValues): Schema['TraineeWish'] {
  const { full_name, id_number, email, born_on, phone, id_type, birth_precision, survey_language } = values
  return {
    id_type,
    birth_precision,
    survey_language,
    full_name: full_name.trim(),
    id_number: id_number.trim(),
    born_on: born_on!,
    email: email.trim() || undefined,
    phone: phoneWish(phone)
  }
}

/** Only what differs from what was read; what was emptied cannot be taken away and stays. */
export function patchOf(values: TraineeValues, trainee: Trainee): Schema['TraineePatch'] {
  const { id_number, ...after } = wishOf(values)
  return {
    ...(differing(after, wishOf(valuesOf(trainee))) as Schema['TraineePatch']),
    ...(id_number !== '' && { id_number }),
    ...(values.reason.trim() !== '' && { reason: values.reason.trim() })
  }
}
