import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { counted } from '~/words'
import { AFFECTS } from './Actions'
import { judged, sent, wordsOf, type Line } from './lines'
import type { Detail } from './moves'

type Finalise = {
  runId: string
  lines: readonly Line[]
  drafts: ReadonlyMap<string, Detail>
  /** Something typed is not kept yet. */
  typing: boolean
  note: (lines: readonly Schema['LineView'][]) => void
}

/** Asks once for every draft the rules take, and lists the others with what stands in their way. */
export function FinaliseButton({ runId, lines, drafts, typing, note }: Finalise) {
  const [opened, { open, close }] = useDisclosure()
  const { ready, blocked } = judged(lines, drafts)
  const finalise = useCommand(
    (_: void, headers) =>
      api.POST('/api/v1/assessments/bulk', {
        body: { run_id: runId, finalise: true, lines: ready.map((line) => sent(line, wordsOf(line, ''))) },
        headers
      }),
    {
      affects: AFFECTS,
      done: ({ finalised, refused }) =>
        `${counted(finalised, 'result')} ${finalised === 1 ? 'is' : 'are'} final${refused > 0 ? `, ${refused} refused: see their lines` : ''}.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: (answer) => note(answer.lines)
    }
  )
  const verb = `Finalise ${counted(ready.length, 'result')}`
  const disabled = typing || ready.length === 0
  return (
    <>
      <Button
        onClick={open}
        disabled={disabled}
        title={typing ? 'What is typed is being saved.' : ready.length === 0 ? 'No draft may be finalised.' : undefined}
      >
        {verb}
      </Button>
      <Confirm
        opened={opened}
        close={close}
        title={`${verb}?`}
        verb={verb}
        busy={finalise.busy}
        confirm={() => finalise.run()}
      >
        <Text size="sm">They stand from then on and are owed to TPGateway; a later change is an amendment.</Text>
        {blocked.length > 0 && (
          <>
            <Text size="sm" mt={12}>
              {counted(blocked.length, 'draft')} {blocked.length === 1 ? 'stays a draft' : 'stay drafts'}:
            </Text>
            <ul aria-label="Not finalised">
              {blocked.map(({ line, why }) => (
                <li key={line.key}>
                  <b>{line.name}</b> {why}
                </li>
              ))}
            </ul>
          </>
        )}
      </Confirm>
    </>
  )
}
