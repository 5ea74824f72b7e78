import { Tooltip } from '@mantine/core'
import { Go } from '~/components/links'
import { Status } from '~/components/Status'
import { assessmentLooks, severityLooks, type Look } from '~/status'
import type { Line } from './lines'
import type { Detail } from './moves'

type Check = { line: Line; draft: Detail | undefined; typing: boolean; refused: string | undefined }

/** What the rules say of a line, beside its cells: the API's judgement, once what was typed is kept as a draft. */
export function Check({ line, draft, typing, refused }: Check) {
  if (refused !== undefined) return <Said look={severityLooks.block} text={refused} />
  if (typing) return <span className="dimmed">Saving</span>
  const { latest } = line
  if (latest === undefined) return <span className="dimmed">Not entered</span>
  if (latest.status !== 'draft') {
    return <Status look={assessmentLooks[latest.status]} note={latest.effective ? 'counts' : undefined} />
  }
  if (draft === undefined) return <span className="dimmed">Being checked</span>
  const blocking = draft.warnings.filter(({ blocks }) => blocks)
  if (blocking.length === 0) return <Status look={ready} />
  return <Said look={severityLooks.block} text={blocking.map(({ message }) => message).join(' ')} />
}

const ready: Look = { ...assessmentLooks.draft, tone: 'good', word: 'May be finalised' }

function Said({ look, text }: { look: Look; text: string }) {
  return (
    <Tooltip label={text}>
      {/* Focusable, so that the whole sentence is read by keyboard too where the column cuts it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <span tabIndex={0}>
        <Status look={look} /> {text}
      </span>
    </Tooltip>
  )
}

/** Opens the line's panel, where it has one. */
export function Name({ line }: { line: Line }) {
  if (line.latest === undefined) return <>{line.name}</>
  const open = line.latest.id
  return (
    <Go from="/assessments/runs/$runId" to="/assessments/runs/$runId" search={(old) => ({ ...old, open })}>
      {line.name}
    </Go>
  )
}
