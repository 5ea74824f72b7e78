import { ActionIcon, Code, CopyButton, Group } from '@mantine/core'
import { Check, Copy } from 'lucide-react'
import { shortId } from '~/api/ids'

/** An id to take away: shown short in rows, whole where it is read aloud; what is copied is always whole. */
export function CopyId({
  id,
  whole = false,
  label = 'correlation id'
}: {
  id: string
  whole?: boolean
  label?: string
}) {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      <Code title={id}>{whole ? id : shortId(id)}</Code>
      <CopyButton value={id}>
        {({ copied, copy }) => (
          <ActionIcon
            size={24}
            aria-label={copied ? `Copied ${label}` : `Copy ${label}`}
            onClick={(event) => (event.stopPropagation(), copy())}
          >
            {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  )
}
