import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { ReasonField, useReason } from '~/components/Reason'
import { letterLooks, type Letter } from './looks'
import { AFFECTS, type Detail } from './MarkActions'
import type { Mark } from './marks'

const CHOICES: Partial<Record<Letter, Mark>> = {
  P: { state: 'present', note: null },
  L: { state: 'present', note: 'late' },
  D: { state: 'present', note: 'left_early' },
  A: { state: 'absent', note: null },
  E: { state: 'absent', note: 'excused' }
}
const choices = Object.keys(CHOICES).map((letter) => ({ value: letter, label: letterLooks[letter as Letter].word }))

type Props = { of: Detail; name: string; locked: boolean; close: () => void }

/** Another mark for one person, with minutes for who came late or left early; on a locked sheet with a reason. */
export function ChangeMark({ of: detail, name, locked, close }: Props) {
  const [letter, choose] = useState<Letter>(detail.state === 'present' ? 'A' : 'P')
  const [minutes, setMinutes] = useState<number | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const reason = useReason()
  const mark = CHOICES[letter]!
  const partly = mark.note === 'late' || mark.note === 'left_early'
  const command = useCommand(
    (body: Schema['MarkPatch'], headers) =>
      api.PATCH('/api/v1/attendance/{attendance_id}', {
        params: { path: { attendance_id: detail.id }, header: ifMatch(detail) },
        headers,
        body
      }),
    {
      affects: AFFECTS,
      done: () => `Session ${detail.session_sequence} is marked ${letterLooks[letter].word.toLowerCase()}.`,
      failed: (problem) => {
        const field = problem.fields.find(({ field: at }) => at === 'minutes_credited')
        setWrong(field === undefined ? null : `${field.message} ${field.fix}`)
        return field !== undefined
      }
    }
  )
  async function go() {
    if (locked && !reason.check()) return
    const credited = partly && minutes !== null ? { minutes_credited: minutes } : {}
    if (await command.run({ ...mark, ...credited, ...(locked && { reason: reason.text }) })) close()
  }
  return (
    <Modal opened onClose={close} title={locked ? 'Correct a locked mark' : 'Mark'} size="lg">
      <Stack gap={12}>
        <Text size="sm">
          <b>{name}</b>, session {detail.session_sequence}
        </Text>
        <SegmentedControl
          aria-label="Mark"
          data={choices}
          value={letter}
          onChange={(next) => choose(next as Letter)}
          fullWidth
        />
        {partly && (
          <NumberInput
            label="Minutes credited"
            description="The whole session when left empty."
            min={1}
            max={1440}
            allowDecimal={false}
            value={minutes ?? ''}
            onChange={(value) => setMinutes(value === '' ? null : Number(value))}
            error={wrong}
          />
        )}
        {locked && <ReasonField {...reason} />}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button loading={command.busy} onClick={() => void go()}>
            {locked ? 'Correct mark' : 'Save mark'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
