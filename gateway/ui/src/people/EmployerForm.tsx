import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm, type FormErrors } from '@mantine/form'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import type { Problem } from '~/api/problem'
import { fieldErrors } from '~/api/rules'
import { employerRules, patchOf, valuesOf, wishOf, type EmployerValues } from './employerValues'
import { Meanwhile, useOpened } from '~/conflicts/Meanwhile'
import { PhoneFields } from './PhoneFields'
import type { Employer } from './words'

const AFFECTS = ['/api/v1/employers', '/api/v1/enrolments'] as const

type Props = { employer: Employer | null; close: () => void; saved?: (employer: Employer) => void }

/** Who pays, and whom to ask there. */
export function EmployerForm({ employer, close, saved = close }: Props) {
  const opened = useOpened(employer)
  const form = useForm<EmployerValues>({
    mode: 'uncontrolled',
    initialValues: valuesOf(opened),
    validate: employerRules,
    validateInputOnBlur: true
  })
  const failed = (problem: Problem) => {
    const errors: FormErrors =
      problem.code === 'duplicate' ? { uen: 'Another employer has this UEN.' } : fieldErrors(problem.fields)
    form.setErrors(errors)
    return Object.keys(errors).length > 0
  }
  const save = useCommand(
    (values: EmployerValues, headers) =>
      employer === null
        ? api.POST('/api/v1/employers', { body: wishOf(values), params: { header: headers } })
        : api.PATCH('/api/v1/employers/{employer_id}', {
            body: patchOf(values, opened ?? employer),
            params: { path: { employer_id: employer.id }, header: { ...headers, ...ifMatch(employer) } }
          }),
    {
      affects: AFFECTS,
      done: ({ name }) => `${name} is saved.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: (answer) => saved(answer),
      failed
    }
  )
  const at = (name: keyof EmployerValues) => ({ ...form.getInputProps(name), key: form.key(name) })
  return (
    <form onSubmit={form.onSubmit((values) => void save.run(values))} noValidate>
      <Meanwhile opened={opened} now={employer} />
      <Stack gap={12}>
        <TextInput
          label="UEN"
          description="It stays once an enrolment was submitted with it."
          required
          data-autofocus={employer === null || undefined}
          {...at('uen')}
        />
        <TextInput label="Name" required {...at('name')} />
        <TextInput label="Contact" description="Whom to ask there." required {...at('contact_name')} />
        <TextInput label="Email" type="email" required {...at('email')} />
        <PhoneFields form={form} required />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.busy}>
            {employer === null ? 'Enter employer' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
