import { Button, Fieldset, Group, Stack, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { Plus } from 'lucide-react'
import { RemoveButton } from '~/components/RemoveButton'
import type { TrainerValues } from './trainerValues'

const MOST = 20

/** Codes of the official list, each with what it is. */
export function QualificationFields({ form }: { form: UseFormReturnType<TrainerValues> }) {
  const { qualifications } = form.values
  return (
    <Fieldset legend="Qualifications">
      <Stack gap={8} align="flex-start">
        {qualifications.map((_, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- a line is its place in the list
          <Group key={index} gap={8} wrap="nowrap" align="flex-start" w="100%">
            <TextInput
              aria-label={`Code ${index + 1}`}
              placeholder="Code"
              w={88}
              {...form.getInputProps(`qualifications.${index}.code`)}
            />
            <TextInput
              aria-label={`Description ${index + 1}`}
              placeholder="What it is"
              flex={1}
              {...form.getInputProps(`qualifications.${index}.description`)}
            />
            <RemoveButton
              what={`qualification ${index + 1}`}
              remove={() => form.removeListItem('qualifications', index)}
            />
          </Group>
        ))}
        {qualifications.length < MOST && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => form.insertListItem('qualifications', { code: '', description: '' })}
          >
            Add qualification
          </Button>
        )}
      </Stack>
    </Fieldset>
  )
}
