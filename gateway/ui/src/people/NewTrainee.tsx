import { Anchor, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import type { FormErrors } from '@mantine/form'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { fieldErrors } from '~/api/rules'
import { TraineeForm } from './TraineeForm'
import { wishOf } from './traineeValues'

type Entered = Schema['TraineeEntered']
type Props = {
  close: () => void
  /** Who was entered, or is known already and meant instead. */
  chosen: (traineeId: string) => void
}

const KNOWN = /^use trainee ([0-9a-f-]{36})$/

/** Enters a person. One whose number is known is offered instead; who looks alike is shown before going on. */
export function NewTrainee({ close, chosen }: Props) {
  const [refused, setRefused] = useState<FormErrors>({})
  const [known, setKnown] = useState<string | null>(null)
  const [entered, setEntered] = useState<Entered | null>(null)
  const create = useCommand(
    (wish: Schema['TraineeWish'], headers) => api.POST('/api/v1/trainees', { body: wish, params: { header: headers } }),
    {
      affects: ['/api/v1/trainees'],
      done: () => 'The trainee is entered.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: (answer) => (answer.warnings.length > 0 ? setEntered(answer) : chosen(answer.id)),
      failed: (problem) => {
        setRefused(fieldErrors(problem.fields))
        setKnown(problem.code === 'trainee_known' ? knownOf(problem.allowed) : null)
        return problem.fields.length > 0 || problem.code === 'trainee_known'
      }
    }
  )
  return (
    <Modal opened onClose={close} title="New trainee" size="lg" attributes={{ header: { role: 'none' } }}>
      {entered !== null ? (
        <Alike entered={entered} chosen={chosen} />
      ) : (
        <>
          {known !== null && (
            <div className="panel" role="alert" style={{ marginBottom: 12 }}>
              Somebody with this ID number is entered already.{' '}
              <Anchor component="button" type="button" onClick={() => chosen(known)}>
                Use that trainee
              </Anchor>
            </div>
          )}
          <TraineeForm
            trainee={null}
            verb="Enter trainee"
            busy={create.busy}
            refused={refused}
            submit={(values) => void create.run(wishOf(values))}
            cancel={close}
          />
        </>
      )}
    </Modal>
  )
}

/** It is entered; whether it is somebody we had, a person decides. */
function Alike({ entered, chosen }: { entered: Entered; chosen: (traineeId: string) => void }) {
  return (
    <Stack gap={12}>
      <Text>The trainee is entered, and may be somebody who was here before:</Text>
      <List size="sm">
        {entered.warnings.map(({ trainee_id, message, strength }) => (
          <List.Item key={trainee_id}>
            {message} {strength === 'strong' ? 'Very likely the same person.' : ''}{' '}
            <Anchor component="button" type="button" onClick={() => chosen(trainee_id)}>
              Use that trainee
            </Anchor>
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed">
        Two records of one person are made one on either’s page.
      </Text>
      <Group justify="flex-end">
        <Button onClick={() => chosen(entered.id)}>Go on with the new one</Button>
      </Group>
    </Stack>
  )
}

function knownOf(allowed: readonly string[]): string | null {
  return allowed.map((each) => KNOWN.exec(each)?.[1]).find((id) => id !== undefined) ?? null
}
