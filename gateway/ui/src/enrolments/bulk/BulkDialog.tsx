import { Button, Group, List, Modal, Progress, Stack, Text } from '@mantine/core'
import { CopyId } from '~/components/CopyId'
import { ProblemContent } from '~/components/notices'
import { ReasonField, useReason } from '~/components/Reason'
import { count, counted } from '~/words'
import { moves } from '../moves'
import type { Counted } from './judging'
import { useBulk, type Failure, type Phase } from './useBulk'

type Props = {
  action: string
  ids: readonly string[]
  close: () => void
  /** Begin anew with those that failed. */
  again: (ids: string[]) => void
}

const MOST_NAMED = 20
const DONE: Record<string, string> = { confirm: 'confirmed', cancel: 'cancelled', withdraw: 'withdrawn' }

/** Counts what an action would do to all that are selected, asks once, and shows how far it is. */
export function BulkDialog({ action, ids, close, again }: Props) {
  const { phase, go, stop } = useBulk(ids, action)
  const going = phase.name === 'going'
  const { verb } = moves[action]!
  return (
    <Modal
      opened
      onClose={close}
      title={`${verb}: ${counted(ids.length, 'enrolment')}`}
      closeOnEscape={!going}
      closeOnClickOutside={!going}
      withCloseButton={!going}
      attributes={{ header: { role: 'none' } }}
    >
      {phase.name === 'counting' && (
        <Moving words={`${count(phase.done)} of ${count(phase.of)} looked at`} of={phase} />
      )}
      {phase.name === 'failed' && <ProblemContent problem={phase.problem} />}
      {phase.name === 'ready' && (
        <Ask
          action={action}
          counted={phase.counted}
          close={close}
          go={(reason) => void go(phase.counted.ready, reason)}
        />
      )}
      {phase.name === 'going' && (
        <Stack gap={12}>
          <Moving
            words={`${count(phase.done)} of ${count(phase.of)} done, ${count(phase.failures.length)} refused`}
            of={phase}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={stop} disabled={phase.stopping}>
              {phase.stopping ? 'Stopping' : 'Stop'}
            </Button>
          </Group>
        </Stack>
      )}
      {phase.name === 'over' && <Over of={phase} close={close} again={again} />}
    </Modal>
  )
}

function Moving({ words, of: { done, of } }: { words: string; of: { done: number; of: number } }) {
  return (
    <Stack gap={8}>
      <Progress value={of === 0 ? 100 : (100 * done) / of} aria-label={words} />
      <Text size="sm" role="status" className="figures">
        {words}
      </Text>
    </Stack>
  )
}

type Ask = { action: string; counted: Counted; close: () => void; go: (reason: string) => void }

function Ask({ action, counted: { ready, refused }, close, go }: Ask) {
  const { verb, says, reason: needsReason, destructive } = moves[action]!
  const done = DONE[action]
  const reason = useReason()
  const words = `${verb} ${counted(ready.length, 'enrolment')}`.replace('enrolment ', '')
  return (
    <Stack gap={12}>
      <Text>
        {ready.length === 0 ? `None can be ${done} now.` : `${counted(ready.length, 'enrolment')} can be ${done}.`}{' '}
        {says}
      </Text>
      {refused.length > 0 && (
        <List size="sm" aria-label="Refusals">
          {refused.map(({ reason, count: number }) => (
            <List.Item key={reason}>
              <b>{count(number)}</b> left out: {reason}
            </List.Item>
          ))}
        </List>
      )}
      {ready.length > 0 && needsReason && <ReasonField {...reason} />}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={close} data-autofocus>
          {ready.length === 0 ? 'Close' : 'Cancel'}
        </Button>
        {ready.length > 0 && (
          <Button
            color={destructive ? 'bad' : undefined}
            onClick={() => (!needsReason || reason.check()) && go(reason.text)}
          >
            {words}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

type Over = Extract<Phase, { name: 'over' }>

function Over({
  of: { done, of, failures, correlationId },
  close,
  again
}: {
  of: Over
  close: () => void
  again: (ids: string[]) => void
}) {
  return (
    <Stack gap={12}>
      <Text role="status">
        {count(done - failures.length)} done
        {failures.length > 0 && `, ${count(failures.length)} refused`}
        {done < of && `; stopped before ${count(of - done)} more`}.
      </Text>
      {failures.length > 0 && <Failures of={failures} />}
      <Group gap={4}>
        <Text size="sm">Correlation id</Text>
        <CopyId id={correlationId} whole />
      </Group>
      <Group justify="flex-end" gap={8}>
        {failures.length > 0 && (
          <Button variant="default" onClick={() => again(failures.map(({ record }) => record.id))}>
            Try the refused again
          </Button>
        )}
        <Button onClick={close}>Close</Button>
      </Group>
    </Stack>
  )
}

function Failures({ of: failures }: { of: Failure[] }) {
  return (
    <List size="sm" aria-label="Refused">
      {failures.slice(0, MOST_NAMED).map(({ record, problem }) => (
        <List.Item key={record.id}>
          {record.trainee_name}, {record.course_reference}: {problem.detail}
        </List.Item>
      ))}
      {failures.length > MOST_NAMED && <List.Item>{count(failures.length - MOST_NAMED)} more</List.Item>}
    </List>
  )
}
