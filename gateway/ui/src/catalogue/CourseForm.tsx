import { Checkbox, MultiSelect, NumberInput, SimpleGrid, TagsInput, TextInput } from '@mantine/core'
import '@mantine/dates/styles.css'
import { DateInput } from '@mantine/dates'
import { useForm, type FormErrors } from '@mantine/form'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import type { Problem } from '~/api/problem'
import { fieldErrors, showIn } from '~/api/rules'
import { useOpened } from '~/conflicts/Meanwhile'
import { RecordForm } from '~/components/RecordForm'
import { modeWords, options } from '~/words'
import { courseRules, patchOf, valuesOf, wishOf, type Course, type CourseValues } from './courseValues'

type Props = { course: Course | null; close: () => void; saved: (course: Course) => void }

/** An approved offering: what is taught, for how long, and what is asked of those who pass. */
export function CourseForm({ course, close, saved }: Props) {
  const opened = useOpened(course)
  const form = useForm<CourseValues>({
    initialValues: valuesOf(opened),
    validate: courseRules,
    validateInputOnBlur: true
  })
  const save = useCommand(
    (values: CourseValues, headers) =>
      course === null
        ? api.POST('/api/v1/courses', { body: wishOf(values), params: { header: headers } })
        : api.PATCH('/api/v1/courses/{course_id}', {
            body: patchOf(values, opened ?? course),
            params: { path: { course_id: course.id }, header: { ...headers, ...ifMatch(course) } }
          }),
    {
      affects: ['/api/v1/courses', '/api/v1/course-runs'],
      done: ({ title }) => `${title} is saved.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: saved,
      failed: (problem) => showIn(form, refusals(problem))
    }
  )
  const { getInputProps: at, values } = form
  return (
    <RecordForm
      opened={opened}
      now={course}
      verb={course === null ? 'Enter course' : 'Save'}
      busy={save.busy}
      submit={form.onSubmit((wanted) => void save.run(wanted))}
      close={close}
    >
      <TextInput
        label="Reference"
        description="As TPGateway knows it, such as TGS-2026000123. It stays once a run was published."
        required
        data-autofocus={course === null || undefined}
        {...at('reference')}
      />
      <TextInput label="Title" required {...at('title')} />
      <Checkbox label="Funded" {...at('funded', { type: 'checkbox' })} />
      {values.funded && (
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
          <DateInput label="Funded from" valueFormat="YYYY-MM-DD" required {...at('support_from')} />
          <DateInput label="Funded until" valueFormat="YYYY-MM-DD" required {...at('support_to')} />
        </SimpleGrid>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
        <NumberInput label="Planned minutes" allowDecimal={false} required {...at('planned_minutes')} />
        <NumberInput label="Least attendance" suffix=" %" allowDecimal={false} required {...at('min_attendance_pct')} />
        <NumberInput
          label="Pass mark"
          description="Of 100. Empty when no score decides."
          allowDecimal={false}
          {...at('pass_mark')}
        />
        <NumberInput
          label="Largest class"
          description="Empty for the policy’s own."
          allowDecimal={false}
          {...at('max_class_size')}
        />
      </SimpleGrid>
      <MultiSelect
        label="Modes of training"
        description="What its runs may choose from. None chosen: all."
        data={options(modeWords)}
        {...at('modes')}
      />
      <TagsInput
        label="Skill codes"
        description="Each is assessed by itself. Enter ends a code."
        clearable
        clearButtonProps={{ 'aria-label': 'Clear skill codes' }}
        {...at('skill_codes')}
      />
    </RecordForm>
  )
}

function refusals({ code, fields }: Problem): FormErrors {
  if (code === 'duplicate') return { reference: 'Another course has this reference.' }
  if (code === 'reference_frozen') return { reference: 'Runs were published with it. A renewed course is a new one.' }
  return fieldErrors(fields)
}
