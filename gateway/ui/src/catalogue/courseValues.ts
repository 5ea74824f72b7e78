import type { Schema } from '~/api/client'
import { differing } from '~/api/patch'
import { rules } from '~/api/rules'
import { numberOf, type Typed } from './numbers'

export type Course = Schema['CourseView']

export type CourseValues = {
  reference: string
  title: string
  funded: boolean
  support_from: string | null
  support_to: string | null
  skill_codes: string[]
  planned_minutes: Typed
  pass_mark: Typed
  min_attendance_pct: Typed
  max_class_size: Typed
  modes: string[]
}

export const courseRules = {
  ...rules('CourseWish', {
    reference: 'the reference',
    title: 'the title',
    planned_minutes: 'the planned minutes',
    max_class_size: 'the class size'
  }),
  ...rules('CourseWish', { min_attendance_pct: 'the attendance' }, { required: ['min_attendance_pct'] }),
  ...rules('PassRule', { pass_mark: 'the pass mark' }),
  support_from: (day: string | null, { funded }: CourseValues) =>
    funded && day === null ? 'A funded course needs its first day of funding.' : null,
  support_to: (day: string | null, { funded, support_from }: CourseValues) => {
    if (!funded) return null
    if (day === null) return 'A funded course needs its last day of funding.'
    return support_from !== null && day < support_from ? 'It lies before the first day.' : null
  }
}

export function valuesOf(course: Course | null): CourseValues {
  return {
    reference: course?.reference ?? '',
    title: course?.title ?? '',
    funded: course?.funded ?? false,
    support_from: course?.support_from ?? null,
    support_to: course?.support_to ?? null,
    skill_codes: course?.skill_codes ?? [],
    planned_minutes: course?.planned_minutes ?? '',
    pass_mark: passMark(course) ?? '',
    min_attendance_pct: course?.min_attendance_pct ?? 75,
    max_class_size: course?.max_class_size ?? '',
    modes: course?.modes ?? []
  }
}

/** At least this many of a hundred; null when no score decides. */
export function passMark(course: Course | null): number | null {
  return (course?.pass_rule.pass_mark as number | null | undefined) ?? null
}

export function wishOf(values: CourseValues): Schema['CourseWish'] {
  return {
    reference: values.reference.trim(),
    title: values.title.trim(),
    funded: values.funded,
    support_from: values.support_from,
    support_to: values.support_to,
    skill_codes: values.skill_codes,
    planned_minutes: numberOf(values.planned_minutes)!,
    pass_rule: { pass_mark: numberOf(values.pass_mark) },
    min_attendance_pct: numberOf(values.min_attendance_pct)!,
    max_class_size: numberOf(values.max_class_size),
    modes: values.modes as Schema['Mode'][]
  }
}

/** Only what differs from what was read. */
export function patchOf(values: CourseValues, course: Course): Schema['CoursePatch'] {
  return differing(wishOf(values), wishOf(valuesOf(course)))
}
