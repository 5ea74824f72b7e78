import { Checkbox, Group, Select, SimpleGrid, Textarea, TextInput } from '@mantine/core'
import { useForm, type FormErrors } from '@mantine/form'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import type { Problem } from '~/api/problem'
import { fieldErrors, showIn } from '~/api/rules'
import { useOpened } from '~/conflicts/Meanwhile'
import { RecordForm } from '~/components/RecordForm'
import { options, trainerRoles } from '~/words'
import { AccountField } from './AccountField'
import { QualificationFields } from './QualificationFields'
import {
  idTypeWords,
  patchOf,
  salutationWords,
  trainerRules,
  valuesOf,
  wishOf,
  type Trainer,
  type TrainerValues
} from './trainerValues'

type Props = { trainer: Trainer | null; close: () => void; saved: (trainer: Trainer) => void }

/** Somebody who teaches or assesses. */
export function TrainerForm({ trainer, close, saved }: Props) {
  const opened = useOpened(trainer)
  const form = useForm<TrainerValues>({
    initialValues: valuesOf(opened),
    validate: trainerRules(trainer !== null),
    validateInputOnBlur: true
  })
  const save = useCommand(
    (values: TrainerValues, headers) =>
      trainer === null
        ? api.POST('/api/v1/trainers', { body: wishOf(values), params: { header: headers } })
        : api.PATCH('/api/v1/trainers/{trainer_id}', {
            body: patchOf(values, opened ?? trainer),
            params: { path: { trainer_id: trainer.id }, header: { ...headers, ...ifMatch(trainer) } }
          }),
    {
      affects: ['/api/v1/trainers', '/api/v1/course-runs'],
      done: () => (trainer === null ? 'The trainer is entered.' : 'The trainer is changed.'),
      // oxlint-disable-next-line unicorn/no-thenable
      then: saved,
      failed: (problem) => showIn(form, refusals(problem))
    }
  )
  const at = form.getInputProps
  return (
    <RecordForm
      opened={opened}
      now={trainer}
      verb={trainer === null ? 'Enter trainer' : 'Save'}
      busy={save.busy}
      submit={form.onSubmit((values) => void save.run(values))}
      close={close}
    >
      <TextInput label="Name" required data-autofocus={trainer === null || undefined} {...at('name')} />
      <TextInput label="Email" type="email" required {...at('email')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
        <Select label="ID type" data={options(idTypeWords)} allowDeselect={false} required {...at('id_type')} />
        <TextInput
          label="ID number"
          placeholder={trainer === null ? undefined : 'Empty to keep it'}
          required={trainer === null}
          {...at('id_number')}
        />
      </SimpleGrid>
      <Checkbox.Group label="Roles" required {...at('roles')}>
        <Group gap={16} mt={4}>
          {options(trainerRoles).map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} />
          ))}
        </Group>
      </Checkbox.Group>
      <Checkbox
        label="TPGateway knows this person"
        description="It finds them by ID number alone, and keeps its own name and address of them."
        {...at('existing', { type: 'checkbox' })}
      />
      <AccountField {...at('user_id')} />
      <Select label="Salutation" data={options(salutationWords)} clearable {...at('salutation')} />
      <TextInput label="Area of practice" {...at('domain_area_of_practice')} />
      <Textarea label="Experience" autosize minRows={2} {...at('experience')} />
      <TextInput label="LinkedIn" type="url" {...at('linkedin_url')} />
      <QualificationFields form={form} />
    </RecordForm>
  )
}

function refusals({ code, allowed, fields }: Problem): FormErrors {
  if (code !== 'duplicate') return fieldErrors(fields)
  return allowed.some((other) => other.endsWith('user_id'))
    ? { user_id: 'Another trainer has this account.' }
    : { id_number: 'Another trainer has this number.' }
}
