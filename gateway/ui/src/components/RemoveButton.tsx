import { ActionIcon } from '@mantine/core'
import { X } from 'lucide-react'

/** Takes one line out of what is being planned; nothing is lost that was saved. */
export function RemoveButton({ what, remove }: { what: string; remove: () => void }) {
  return (
    <ActionIcon aria-label={`Remove ${what}`} size={36} onClick={remove}>
      <X size={16} aria-hidden />
    </ActionIcon>
  )
}
