import { Select, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core'
import '@mantine/dates/styles.css'
import { DateInput } from '@mantine/dates'
import { useForm, type FormErrors } from '@mantine/form'
import { useEffect } from 'react'
import { FormButtons } from '~/components/FormButtons'
import { options } from '~/words'
import { PhoneFields } from './PhoneFields'
import { traineeRules, valuesOf, type TraineeValues } from './traineeValues'
import { idTypeWords, languageWords, precisionWords, type Trainee } from './words'

type Props = {
  /** Who is changed; nobody when somebody new is entered. */
  trainee: Trainee | null
  verb: string
  busy: boolean
  /** What the server refused, by field. */
  refused: FormErrors
  submit: (values: TraineeValues) => void
  cancel: () => void
}

/** A person as their identity document shows them. */
export function TraineeForm({ trainee, verb, busy, refused, submit, cancel }: Props) {
  const known = trainee !== null
  const form = useForm<TraineeValues>({
    mode: 'uncontrolled',
    initialValues: valuesOf(trainee),
    validate: traineeRules(known),
    validateInputOnBlur: true,
    onSubmitPreventDefault: 'always'
  })
  const { setErrors } = form
  useEffect(() => setErrors(refused), [refused, setErrors])
  const at = (name: keyof TraineeValues) => ({ ...form.getInputProps(name), key: form.key(name) })
  return (
    <form onSubmit={form.onSubmit(submit, focusFirst)} noValidate autoComplete="off">
      <Stack gap={12}>
        <TextInput label="Full name" description="As the identity document shows it." required {...at('full_name')} />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12}>
          <Select label="ID type" data={options(idTypeWords)} allowDeselect={false} required {...at('id_type')} />
          <TextInput
            label="ID number"
            description={known ? `${trainee.id_number} now; leave it empty to keep it.` : undefined}
            required={!known}
            {...at('id_number')}
          />
          <DateInput
            label="Date of birth"
            placeholder="1990-05-17"
            valueFormat="YYYY-MM-DD"
            required
            {...at('born_on')}
          />
          <Select
            label="The document shows"
            data={options(precisionWords)}
            allowDeselect={false}
            {...at('birth_precision')}
          />
        </SimpleGrid>
        <TextInput
          label="Email"
          description="Email and phone are needed before a place is confirmed."
          type="email"
          {...at('email')}
        />
        <PhoneFields form={form} />
        <Select
          label="Survey language"
          data={options(languageWords)}
          allowDeselect={false}
          {...at('survey_language')}
        />
        {known && (
          <Textarea label="Reason" description="Kept in the audit log. No names, no ID numbers." {...at('reason')} />
        )}
        <FormButtons verb={verb} busy={busy} close={cancel} />
      </Stack>
    </form>
  )

  function focusFirst(errors: FormErrors) {
    const [first] = Object.keys(errors)
    if (first !== undefined) form.getInputNode(first)?.focus()
  }
}
