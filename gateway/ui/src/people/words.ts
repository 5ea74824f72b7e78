import type { Schema } from '~/api/client'

export type Trainee = Schema['TraineeView']
export type Employer = Schema['EmployerView']

export const idTypeWords: Record<Schema['EnrolmentIdType'], string> = { NRIC: 'NRIC', FIN: 'FIN', OTHERS: 'Other' }

export const precisionWords: Record<Schema['BirthPrecision'], string> = {
  day: 'Day, month and year',
  month: 'Month and year',
  year: 'Year only'
}

export const languageWords: Record<Schema['SurveyLanguage'], string> = {
  EL: 'English',
  MN: 'Mandarin',
  MY: 'Malay',
  TM: 'Tamil'
}

export function phoneWords(phone: Schema['PhoneView'] | null): string | null {
  return phone && [phone.country, phone.area, phone.number].filter(Boolean).join(' ')
}
