import { Group, TextInput } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'

type Form = { key: (path: string) => string; getInputProps: (path: string) => GetInputPropsReturnType }

/** A number in the parts TPGateway takes it in. */
export function PhoneFields({ form, required = false }: { form: Form; required?: boolean }) {
  return (
    <Group gap={8} align="flex-start" wrap="nowrap">
      <TextInput
        label="Country code"
        w={104}
        key={form.key('phone.country')}
        {...form.getInputProps('phone.country')}
      />
      <TextInput label="Area" w={80} key={form.key('phone.area')} {...form.getInputProps('phone.area')} />
      <TextInput
        label="Phone number"
        type="tel"
        autoComplete="off"
        required={required}
        style={{ flex: 1 }}
        key={form.key('phone.number')}
        {...form.getInputProps('phone.number')}
      />
    </Group>
  )
}
