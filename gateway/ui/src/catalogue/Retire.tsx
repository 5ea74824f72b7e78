import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Affected } from '~/api/cache'
import { useCommand, type CommandHeaders } from '~/api/command'
import { Confirm } from '~/components/Confirm'

type Retire = {
  /** `course`, `trainer`, `venue` */
  what: string
  name: string
  affects: readonly Affected[]
  retire: (reason: string, headers: CommandHeaders) => Promise<{ data?: unknown }>
}

/** Takes something out of what new runs choose from; there is no way back. */
export function Retire({ what, name, affects, retire }: Retire) {
  const [asked, { open, close }] = useDisclosure()
  const command = useCommand(retire, { affects, done: () => `The ${what} is retired.` })
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        Retire {what}
      </Button>
      <Confirm
        opened={asked}
        close={close}
        title={`Retire ${name}?`}
        verb={`Retire ${what}`}
        destructive
        busy={command.busy}
        reason
        confirm={command.run}
      >
        No new run can choose it; what is planned and held goes on. A retired {what} stays retired.
      </Confirm>
    </>
  )
}
