import { Button, List, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { Can } from '~/access'
import { day } from '~/time'
import { LookUp } from './LookUp'
import { NewTrainee } from './NewTrainee'
import type { Trainee } from './words'

/** Finds or makes the person something is about. */
export function FindTrainee({ choose, except }: { choose: (traineeId: string) => void; except?: string }) {
  const [found, setFound] = useState<Trainee[] | null>(null)
  const [entering, { open, close }] = useDisclosure()
  const people = found?.filter(({ id, erased }) => id !== except && !erased) ?? null
  return (
    <>
      <LookUp
        found={setFound}
        beside={
          except === undefined && (
            <Can do="trainees:write">
              <Button variant="subtle" onClick={open}>
                New trainee
              </Button>
            </Can>
          )
        }
      />
      <div role="status">
        {people?.length === 0 && (
          <Text mt={8}>Nobody of whom all this is known. Search is exact, letter by letter.</Text>
        )}
      </div>
      {people !== null && people.length > 0 && (
        <List listStyleType="none" spacing={4} mt={8} aria-label="People found">
          {people.map((trainee) => (
            <List.Item key={trainee.id}>
              <Button size="xs" variant="default" mr={8} onClick={() => choose(trainee.id)}>
                Choose
              </Button>
              {trainee.full_name} · {trainee.id_number}
              {trainee.born_on !== null && ` · born ${day(trainee.born_on)}`}
            </List.Item>
          ))}
        </List>
      )}
      {entering && (
        <NewTrainee
          close={close}
          chosen={(traineeId) => {
            close()
            choose(traineeId)
          }}
        />
      )}
    </>
  )
}
