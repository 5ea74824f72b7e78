import { Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { Meanwhile, type Versioned } from '~/conflicts/Meanwhile'
import { FormButtons } from './FormButtons'

type RecordForm = {
  /** The record as it was when the form was opened, and as it is now; null when a new one is entered. */
  opened: Versioned | null
  now: Versioned | null
  verb: string
  busy: boolean
  submit: FormEventHandler<HTMLFormElement>
  close: () => void
  children: ReactNode
}

/** The frame of a form over one record: what others have changed meanwhile, its fields, and the two buttons. */
export function RecordForm({ opened, now, verb, busy, submit, close, children }: RecordForm) {
  return (
    <form onSubmit={submit} noValidate autoComplete="off">
      <Meanwhile opened={opened} now={now} />
      <Stack gap={12}>
        {children}
        <FormButtons verb={verb} busy={busy} close={close} />
      </Stack>
    </form>
  )
}
