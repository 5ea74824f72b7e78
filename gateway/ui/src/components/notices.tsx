import { Button, Group, List, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { newId } from '~/api/ids'
import type { Problem } from '~/api/problem'
import { CopyId } from './CopyId'
import { TraceLink } from './TraceLink'

const DONE_MS = 4_000

/** Something worked: it names the thing, and leaves by itself. */
export function tellDone(message: string): void {
  notifications.show({ message, color: 'good', autoClose: DONE_MS, withBorder: true, role: 'status' })
}

/**
 * Something did not: it says what to do and under which id it is found, and stays until it is dismissed. When the
 * record was changed by somebody else meanwhile, it offers to show how.
 */
export function tellProblem(problem: Problem, compare?: () => void): void {
  const id = problem.correlationId || newId()
  const notice = {
    id,
    color: 'bad.8',
    autoClose: false as const,
    withBorder: true,
    role: 'alert',
    closeButtonProps: { 'aria-label': 'Dismiss' },
    message: (
      <>
        <ProblemContent problem={problem} />
        {compare && (
          <Button variant="default" size="xs" mt={8} onClick={() => (notifications.hide(id), compare())}>
            Reload and compare
          </Button>
        )}
      </>
    )
  }
  notifications.show(notice)
  // It may have been told already, before it was known that there is something to compare.
  if (compare) notifications.update(notice)
}

/** What happened, what to do, and the ids to ask with: in notices, on pages and above forms alike. */
export function ProblemContent({ problem }: { problem: Problem }) {
  return (
    <>
      <Text fw={600} c="var(--mantine-color-text)">
        {problem.detail}
      </Text>
      {problem.fields.length > 0 && (
        <List size="sm" mt={4}>
          {problem.fields.map(({ field, message, fix }) => (
            <List.Item key={`${field} ${message}`}>
              <b>{field}</b>: {message} {fix}
            </List.Item>
          ))}
        </List>
      )}
      {problem.allowed.length > 0 && <Text size="sm">Possible now: {problem.allowed.join(', ')}.</Text>}
      {problem.retryAfter !== null && <Text size="sm">Try again in {Math.ceil(problem.retryAfter)} s.</Text>}
      {problem.correlationId !== '' && (
        <Group gap={4} mt={4} wrap="nowrap">
          <Text size="sm">Correlation id</Text>
          <CopyId id={problem.correlationId} whole />
        </Group>
      )}
      <TraceLink id={problem.traceId} />
    </>
  )
}
