import type { Schema } from '~/api/client'
import { differing } from '~/api/patch'
import { rules } from '~/api/rules'

export type Trainer = Schema['TrainerView']
export type Qualification = { code: string; description: string }

export type TrainerValues = {
  name: string
  email: string
  id_type: Schema['CourseIdType']
  id_number: string
  roles: string[]
  existing: boolean
  user_id: string
  salutation: string | null
  domain_area_of_practice: string
  experience: string
  linkedin_url: string
  qualifications: Qualification[]
}

export const idTypeWords: Record<Schema['CourseIdType'], string> = {
  SP: 'NRIC, citizen',
  SB: 'NRIC, permanent resident',
  SO: 'FIN',
  FP: 'Foreign passport',
  OT: 'Other'
}

export const salutationWords: Record<string, string> = { 1: 'Mr', 2: 'Ms', 3: 'Mdm', 4: 'Mrs', 5: 'Dr', 6: 'Prof' }

const words = {
  name: 'the name',
  email: 'the email',
  id_type: 'the kind of identity document',
  id_number: 'the ID number',
  domain_area_of_practice: 'the area of practice',
  experience: 'the experience',
  linkedin_url: 'the link'
} as const

const ACCOUNT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Of somebody who is known the number is masked: left empty, it stays. */
export function trainerRules(known: boolean) {
  const { id_number, ...others } = rules('TrainerWish', words)
  return {
    ...others,
    id_number: (value: string) => (known && value.trim() === '' ? null : id_number!(value)),
    roles: (roles: string[]) => (roles.length === 0 ? 'Choose at least one role.' : null),
    user_id: (id: string) => (id.trim() === '' || ACCOUNT.test(id.trim()) ? null : 'This is no account’s id.'),
    qualifications: rules('Qualification', { code: 'the code', description: 'the description' })
  }
}

export function valuesOf(trainer: Trainer | null): TrainerValues {
  return {
    name: trainer?.name ?? '',
    email: trainer?.email ?? '',
    id_type: trainer?.id_type ?? 'SP',
    id_number: '',
    roles: trainer?.roles.map(String) ?? [],
    existing: trainer?.existing ?? false,
    user_id: trainer?.user_id ?? '',
    salutation: trainer?.salutation?.toString() ?? null,
    domain_area_of_practice: trainer?.domain_area_of_practice ?? '',
    experience: trainer?.experience ?? '',
    linkedin_url: trainer?.linkedin_url ?? '',
    qualifications: trainer?.qualifications.map(({ code, description }) => ({ code, description })) ?? []
  }
}

export function wishOf(values: TrainerValues): Schema['TrainerWish'] {
  return {
    name: values.name.trim(),
    email: values.email.trim(),
    id_type: values.id_type,
    id_number: values.id_number.trim(),
    roles: values.roles.map(Number).toSorted() as (1 | 2)[],
    existing: values.existing,
    user_id: values.user_id.trim() || null,
    salutation: values.salutation === null ? null : Number(values.salutation),
    domain_area_of_practice: values.domain_area_of_practice.trim(),
    experience: values.experience.trim(),
    linkedin_url: values.linkedin_url.trim(),
    qualifications: values.qualifications.map(({ code, description }) => ({
      code: code.trim(),
      description: description.trim()
    }))
  }
}

/** Only what differs from what was read; a masked number is never sent back. */
export function patchOf(values: TrainerValues, trainer: Trainer): Schema['TrainerPatch'] {
  const { id_number, ...after } = wishOf(values)
  const { id_number: _, ...before } = wishOf(valuesOf(trainer))
  return { ...differing(after, before), ...(id_number !== '' && { id_number }) }
}
