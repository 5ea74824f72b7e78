import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { timeOf } from './plan'

const LONGEST = 'hh:mm'.length

type Props = {
  id?: string
  label?: string
  'aria-label'?: string
  value: string
  set: (time: string) => void
  error?: string | boolean | null
}

/** A time of day, 24 hours, whatever the desk's language: `900` and `9:00` become 09:00 when the field is left. */
export function TimeField({ value, set, ...props }: Props) {
  const [typed, setTyped] = useState<string | null>(null)
  function type(next: string) {
    setTyped(next)
    const whole = next.length === LONGEST ? timeOf(next) : null
    if (whole !== null) set(whole)
  }
  function leave() {
    if (typed !== null) set(timeOf(typed) ?? '')
    setTyped(null)
  }
  return (
    <TextInput
      {...props}
      placeholder="09:00"
      inputMode="numeric"
      maxLength={LONGEST}
      value={typed ?? value}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={leave}
      onKeyDown={(event) => event.key === 'Enter' && leave()}
    />
  )
}
