import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import { Can, type Permission } from '~/access'
import type { Schema } from '~/api/client'
import { useCommand, type CommandHeaders } from '~/api/command'
import { Confirm } from './Confirm'

const SHOWN_S = 60

type Read = {
  /** Asks for the whole number; who asked and why is on record. */
  read: (reason: string, headers: CommandHeaders) => Promise<{ data?: Schema['RevealView'] }>
}
type Reveal = Read & { masked: string; permission: Permission }

/** A masked ID number; whole for a minute to who says why. It masks itself, and is kept nowhere. */
export function Reveal({ masked, permission, read }: Reveal) {
  const [opened, { open, close }] = useDisclosure()
  const [number, setNumber] = useState<string | null>(null)
  const [left, setLeft] = useState(0)
  const mask = () => setNumber(null)
  useEffect(() => {
    if (number === null) return
    const ticking = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1_000)
    const ending = setTimeout(() => setNumber(null), SHOWN_S * 1_000)
    return () => (clearInterval(ticking), clearTimeout(ending))
  }, [number])
  function show(told: string) {
    setLeft(SHOWN_S)
    setNumber(told)
  }
  return (
    <Group gap={8} display="inline-flex">
      <span>{number ?? masked}</span>
      {number === null ? (
        <Can do={permission}>
          <Button size="compact-xs" variant="subtle" onClick={open}>
            Reveal
          </Button>
        </Can>
      ) : (
        <Button size="compact-xs" variant="subtle" onClick={mask}>
          Mask now ({left} s left)
        </Button>
      )}
      {opened && <Ask read={read} close={close} show={show} />}
    </Group>
  )
}

function Ask({ read, close, show }: Read & { close: () => void; show: (number: string) => void }) {
  const reveal = useCommand(read, {
    affects: ['/api/v1/audit'],
    done: () => 'The ID number is shown for a minute; who read it is on record.',
    // oxlint-disable-next-line unicorn/no-thenable
    then: ({ id_number }) => show(id_number)
  })
  return (
    <Confirm
      opened
      close={close}
      title="Reveal the ID number?"
      verb="Reveal for a minute"
      busy={reveal.busy}
      reason
      confirm={reveal.run}
    >
      It is on record who read it, when and why.
    </Confirm>
  )
}
