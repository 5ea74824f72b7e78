import { Group, NumberInput } from '@mantine/core'

export type Range = { from: number | ''; to: number | '' }

export const everything: Range = { from: '', to: '' }

/** Which entries, by their numbers; left empty, from the first to the newest. */
export function RangeFields({ value, set }: { value: Range; set: (range: Range) => void }) {
  const common = { min: 1, allowDecimal: false, allowNegative: false, hideControls: true, thousandSeparator: ',' }
  return (
    <Group grow gap={8}>
      <NumberInput
        {...common}
        label="From entry"
        placeholder="The first"
        value={value.from}
        onChange={(typed) => set({ ...value, from: number(typed) })}
      />
      <NumberInput
        {...common}
        label="To entry"
        placeholder="The newest"
        value={value.to}
        onChange={(typed) => set({ ...value, to: number(typed) })}
      />
    </Group>
  )
}

/** The range as the API takes it. */
export function asked({ from, to }: Range): { from_seq: number; to_seq?: number } {
  return { from_seq: from === '' ? 1 : from, ...(to === '' ? {} : { to_seq: to }) }
}

function number(typed: number | string): number | '' {
  return typed === '' ? '' : Number(typed)
}
