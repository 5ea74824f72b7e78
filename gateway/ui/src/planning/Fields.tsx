import { DatePickerInput } from '@mantine/dates'
import { useState } from 'react'
import { day } from '~/time'

type Span = [string | null, string | null]
type Props = {
  id: string
  label: string
  value: Span
  set: (span: Span) => void
  error?: string | null
  description?: string
}

/** Two days that belong together; until the second is chosen the first is only kept here. */
export function DaysField({ id, label, value, set, error, description }: Props) {
  const [half, setHalf] = useState<string | null>(null)
  return (
    <DatePickerInput
      id={id}
      type="range"
      label={label}
      description={description}
      placeholder="First day – last day"
      required
      allowSingleDateInRange
      valueFormatter={({ date }) =>
        (date as (string | null)[])
          .filter((on) => on !== null)
          .map(day)
          .join(' – ')
      }
      value={half === null ? value : [half, null]}
      onChange={([first, last]) => {
        setHalf(last === null ? first : null)
        if (first !== null && last !== null) set([first, last])
      }}
      error={error}
    />
  )
}
