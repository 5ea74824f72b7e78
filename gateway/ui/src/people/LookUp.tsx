import { Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, type Schema } from '~/api/client'
import { asProblem } from '~/api/problem'
import { fieldErrors, rules } from '~/api/rules'
import { ProblemContent } from '~/components/notices'
import type { Trainee } from './words'

type Values = { id_number: string; full_name: string; email: string; number: string }

const LAST = 4
const NOTHING: Values = { id_number: '', full_name: '', email: '', number: '' }
const validate = {
  ...rules('TraineeSearch', { id_number: 'the ID number', full_name: 'the name', email: 'the email' }),
  ...rules('PhoneWish', { number: 'the phone number' }, {})
}
validate.number = ((check) => (value: unknown) => (value === '' ? null : check!(value)))(validate.number)

type Props = {
  found: (people: Trainee[] | null) => void
  /** To the right of the button that searches. */
  beside?: React.ReactNode
}

/** Finds people by what is known of them. It travels in a body and stands in no address; each finding is on record. */
export function LookUp({ found, beside }: Props) {
  const form = useForm<Values>({ mode: 'uncontrolled', initialValues: NOTHING, validate })
  const asking = useMutation({
    mutationFn: async (wish: Schema['TraineeSearch']) =>
      (await api.POST('/api/v1/trainees/search', { body: wish })).data!,
    onSuccess: found,
    gcTime: 0
  })
  const problem = asking.error === null ? null : asProblem(asking.error)
  const { setErrors } = form
  useEffect(() => {
    if (problem !== null) setErrors(fieldErrors(problem.fields))
  }, [problem, setErrors])
  const at = (name: keyof Values) => ({ ...form.getInputProps(name), key: form.key(name) })
  function clear() {
    form.reset()
    asking.reset()
    found(null)
  }
  return (
    <form onSubmit={form.onSubmit((values) => asking.mutate(wishOf(values)))} noValidate autoComplete="off">
      <Stack gap={8}>
        {problem !== null && problem.fields.length === 0 && (
          <div role="alert">
            <ProblemContent problem={problem} />
          </div>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing={12}>
          <TextInput label="ID number" description="Whole, or the last 4 with another" {...at('id_number')} />
          <TextInput label="Full name" description="As on the document" {...at('full_name')} />
          <TextInput label="Email" description="Whole" type="email" {...at('email')} />
          <TextInput label="Phone number" description="In Singapore" type="tel" {...at('number')} />
        </SimpleGrid>
        <Group gap={8}>
          <Button type="submit" variant="default" loading={asking.isPending}>
            Find
          </Button>
          {asking.isSuccess && (
            <Button variant="subtle" onClick={clear}>
              Clear
            </Button>
          )}
          {beside}
        </Group>
      </Stack>
    </form>
  )
}

function wishOf({ id_number, full_name, email, number }: Values): Schema['TraineeSearch'] {
  const id = id_number.trim()
  return {
    ...(id.length === LAST ? { id_number_last4: id } : id !== '' && { id_number: id }),
    ...(full_name.trim() !== '' && { full_name: full_name.trim() }),
    ...(email.trim() !== '' && { email: email.trim() }),
    ...(number.trim() !== '' && { phone: { country: '+65', area: '', number: number.trim() } })
  }
}
