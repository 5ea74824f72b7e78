import { DatePickerInput } from '@mantine/dates'
import { useState } from 'react'
import { day, dayOf, plusDays, startOf } from '~/time'

type Values = Record<string, unknown>

/** A filter by days. `instants`: the API takes the first instant of a day and that of the day after the last. */
export type Span<Name extends string = string> = { from: Name; to: Name; label: string; instants?: boolean }

type Props = {
  of: Span
  search: Values
  change: (changed: Values) => void
  w: React.ComponentProps<typeof DatePickerInput>['w']
}

export default function Days({ of: span, search, change, w }: Props) {
  const [from, to] = daysOf(span, search)
  // A span has two ends; until the second is chosen the first is only kept here.
  const [half, setHalf] = useState<string | null>(null)
  return (
    <DatePickerInput
      type="range"
      aria-label={span.label}
      placeholder={span.label}
      allowSingleDateInRange
      clearable
      valueFormatter={({ date }) =>
        (date as (string | null)[])
          .filter((on) => on !== null)
          .map(day)
          .join(' – ')
      }
      value={half === null ? [from, to] : [half, null]}
      onChange={([first, last]) => {
        setHalf(last === null ? first : null)
        if ((first === null) === (last === null)) {
          change(spanOf(span, first, last))
        }
      }}
      w={w}
    />
  )
}

function daysOf(span: Span, search: Values): [string | null, string | null] {
  const from = (search[span.from] as string) ?? null
  const to = (search[span.to] as string) ?? null
  if (!span.instants) return [from, to]
  return [from === null ? null : dayOf(from), to === null ? null : plusDays(dayOf(to), -1)]
}

function spanOf(span: Span, first: string | null, last: string | null): Values {
  const begins = first !== null && span.instants ? startOf(first) : first
  const ends = last !== null && span.instants ? startOf(plusDays(last, 1)) : last
  return { [span.from]: begins ?? undefined, [span.to]: ends ?? undefined }
}
