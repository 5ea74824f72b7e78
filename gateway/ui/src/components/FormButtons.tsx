import { Button, Group } from '@mantine/core'

type FormButtons = { verb: string; busy: boolean; close: () => void }

/** The end of a form: leave it, or send it. */
export function FormButtons({ verb, busy, close }: FormButtons) {
  return (
    <Group justify="flex-end" gap={8}>
      <Button variant="default" onClick={close}>
        Cancel
      </Button>
      <Button type="submit" loading={busy}>
        {verb}
      </Button>
    </Group>
  )
}
