import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { fieldErrors, rules } from '~/api/rules'
import { ScopeFields } from './ScopeFields'
import { Secret } from './Secret'

const EMPTY: Schema['ClientWish'] = { name: '', scopes: [] }

/** Another system that will ask for tokens; its secret stands in the answer and never again. */
export function NewClient() {
  const [opened, { open, close }] = useDisclosure()
  const [made, setMade] = useState<Schema['ClientSecretView'] | null>(null)
  const form = useForm({ initialValues: EMPTY, validate: rules('ClientWish', { name: 'a name' }) })
  const make = useCommand(
    (body: Schema['ClientWish'], headers) => api.POST('/api/v1/auth/clients', { body, headers }),
    {
      affects: ['/api/v1/auth/clients'],
      done: ({ client }) => `${client.name} may ask for tokens.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: setMade,
      failed: (problem) => {
        form.setErrors(fieldErrors(problem.fields))
        return problem.fields.length > 0
      }
    }
  )
  function leave() {
    close()
    setMade(null)
    form.reset()
  }
  return (
    <>
      <Button onClick={open}>New client</Button>
      <Modal
        opened={opened}
        onClose={leave}
        title="New client"
        attributes={{ header: { role: 'none' } }}
        // A click beside it must not take the secret away.
        closeOnClickOutside={made === null}
      >
        {made === null ? (
          <form onSubmit={form.onSubmit((wish) => void make.run(wish))} noValidate>
            <Stack gap={12}>
              <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
              <ScopeFields value={form.values.scopes} set={(scopes) => form.setFieldValue('scopes', scopes)} />
              <Group justify="flex-end" gap={8}>
                <Button variant="default" onClick={leave}>
                  Cancel
                </Button>
                <Button type="submit" loading={make.busy}>
                  Make client
                </Button>
              </Group>
            </Stack>
          </form>
        ) : (
          <Stack gap={12}>
            <Secret of={made} />
            <Group justify="flex-end">
              <Button onClick={leave}>Done</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  )
}
