import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { Columns3 } from 'lucide-react'
import type { Named } from './chosen'

type Props = {
  of: readonly Named[]
  /** Ids of the columns shown, as the address has them; all when it says nothing. */
  shown: readonly string[] | undefined
  set: (shown: string[] | undefined) => void
}

/** Which columns a table shows. The first holds the link to the record and always stays. */
export function Columns({ of: [first, ...others], shown, set }: Props) {
  const on = (id: string) => shown === undefined || shown.includes(id)
  function toggle(id: string, wanted: boolean) {
    const kept = others.filter((column) => (column.id === id ? wanted : on(column.id)))
    set(kept.length === others.length ? undefined : [first!, ...kept].map((column) => column.id))
  }
  return (
    <Popover position="bottom-start" trapFocus withRoles>
      <Popover.Target>
        <Button
          size="xs"
          variant="subtle"
          color="idle.9"
          c="var(--mantine-color-text)"
          leftSection={<Columns3 size={14} aria-hidden />}
        >
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns shown">
        <Stack gap={8}>
          {others.map(({ id, head }) => (
            <Checkbox
              key={id}
              size="xs"
              label={head}
              checked={on(id)}
              onChange={(event) => toggle(id, event.currentTarget.checked)}
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
