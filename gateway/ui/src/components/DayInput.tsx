import { DateInput, type DateInputProps } from '@mantine/dates'

/** One day, typed or chosen, as pages show days: `23 Nov 2026`; it travels as `2026-11-23`. */
export function DayInput(props: Omit<DateInputProps, 'valueFormat' | 'value' | 'onChange'> & Day) {
  const { value, set, ...rest } = props
  return <DateInput {...rest} valueFormat="D MMM YYYY" value={value} onChange={(on) => on !== null && set(on)} />
}

type Day = { value: string; set: (on: string) => void }
