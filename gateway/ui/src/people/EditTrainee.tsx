import { Modal, Text } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { fieldErrors } from '~/api/rules'
import { Meanwhile, useOpened } from '~/conflicts/Meanwhile'
import { TraineeForm } from './TraineeForm'
import { patchOf, type TraineeValues } from './traineeValues'
import type { Trainee } from './words'

/** Changes what differs. Confirmed enrolments follow at TPGateway by themselves. */
export function EditTrainee({ trainee, close }: { trainee: Trainee; close: () => void }) {
  const opened = useOpened(trainee)
  const [refused, setRefused] = useState<FormErrors>({})
  const change = useCommand(
    (patch: Schema['TraineePatch'], headers) =>
      api.PATCH('/api/v1/trainees/{trainee_id}', {
        params: { path: { trainee_id: trainee.id }, header: { ...headers, ...ifMatch(trainee) } },
        body: patch
      }),
    {
      affects: ['/api/v1/trainees', '/api/v1/enrolments', '/api/v1/audit'],
      done: ({ warnings }) =>
        warnings.length > 0 ? 'The trainee is changed, and looks like another one.' : 'The trainee is changed.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: close,
      failed: ({ fields, code }) => {
        const known = code === 'trainee_known' ? { id_number: 'Another trainee has this number. Merge the two.' } : {}
        setRefused({ ...fieldErrors(fields), ...known })
        return fields.length > 0 || code === 'trainee_known'
      }
    }
  )
  function save(values: TraineeValues) {
    const { reason, ...changes } = patchOf(values, opened)
    if (Object.keys(changes).length === 0) close()
    else void change.run({ ...changes, reason })
  }
  return (
    <Modal opened onClose={close} title="Edit trainee" size="lg" attributes={{ header: { role: 'none' } }}>
      <Text size="sm" mb={12}>
        Another name, ID or date of birth makes confirmed enrolments anew at TPGateway; another contact updates them.
      </Text>
      <Meanwhile opened={opened} now={trainee} />
      <TraineeForm trainee={opened} verb="Save" busy={change.busy} refused={refused} submit={save} cancel={close} />
    </Modal>
  )
}
