import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedCallback } from '@mantine/hooks'
import { useState } from 'react'
import { Search, X } from 'lucide-react'
import type { Look } from '~/status'
import { day, dayOf, plusDays, startOf } from '~/time'

type Values = Record<string, unknown>
type Choices = Record<string, Pick<Look, 'word'>>

/** One control of a filter line. `name` is the search parameter it sets; every parameter is a filter of the API. */
export type Filter<Search> =
  | { kind: 'text'; name: keyof Search & string; label: string }
  | { kind: 'one' | 'many'; name: keyof Search & string; label: string; choices: Choices }
  | Span<Search>

/** `instants`: the API takes the first instant of a day and that of the day after the last, not days. */
type Span<Search> = {
  kind: 'days'
  from: keyof Search & string
  to: keyof Search & string
  label: string
  instants?: boolean
}

type Props<Search> = {
  filters: readonly Filter<Search>[]
  /** The page's search parameters: the one place where filters live, so that a view is a link. */
  search: Search
  set: (changed: Partial<Search>) => void
}

const PAUSE_MS = 300

export function Filters<Search extends Values>({ filters, search, set }: Props<Search>) {
  const names = filters.flatMap((filter) => (filter.kind === 'days' ? [filter.from, filter.to] : [filter.name]))
  const any = names.some((name) => search[name] !== undefined)
  const change = (changed: Values) => set(changed as Partial<Search>)
  return (
    <Group component="search" gap={8} mb={12} align="flex-end">
      {filters.map((filter) => (
        <Control key={filter.label} filter={filter} search={search} change={change} />
      ))}
      {any && (
        <Button
          variant="subtle"
          leftSection={<X size={14} aria-hidden />}
          onClick={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
        >
          Clear filters
        </Button>
      )}
    </Group>
  )
}

type Control<Search> = { filter: Filter<Search>; search: Search; change: (changed: Values) => void }

function Control<Search extends Values>({ filter, search, change }: Control<Search>) {
  switch (filter.kind) {
    case 'text':
      return (
        <Text label={filter.label} value={search[filter.name] as string} set={(q) => change({ [filter.name]: q })} />
      )
    case 'one':
      return (
        <Select
          aria-label={filter.label}
          placeholder={filter.label}
          data={options(filter.choices)}
          value={(search[filter.name] as string) ?? null}
          onChange={(value) => change({ [filter.name]: value ?? undefined })}
          clearable
          clearButtonProps={{ 'aria-label': `Clear ${filter.label.toLowerCase()}` }}
          w={{ base: '100%', xs: 180 }}
        />
      )
    case 'many':
      return (
        <MultiSelect
          aria-label={filter.label}
          placeholder={search[filter.name] === undefined ? filter.label : undefined}
          data={options(filter.choices)}
          value={(search[filter.name] as string[]) ?? []}
          onChange={(values) => change({ [filter.name]: values.length > 0 ? values : undefined })}
          clearable
          clearButtonProps={{ 'aria-label': `Clear ${filter.label.toLowerCase()}` }}
          maw={360}
          miw={{ base: '100%', xs: 180 }}
        />
      )
    case 'days':
      return <Days filter={filter} search={search} change={change} />
  }
}

/** Sets the parameter when typing pauses, and follows it when something else changes it. */
function Text({ label, value = '', set }: { label: string; value?: string; set: (value: string | undefined) => void }) {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  if (value !== seen) {
    setSeen(value)
    setTyped(value)
  }
  const settle = useDebouncedCallback((text: string) => set(text.trim() || undefined), PAUSE_MS)
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={14} aria-hidden />}
      value={typed}
      maxLength={100}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        settle(event.currentTarget.value)
      }}
      w={{ base: '100%', xs: 260 }}
    />
  )
}

function Days<Search extends Values>(props: {
  filter: Span<Search>
  search: Search
  change: (changed: Values) => void
}) {
  const { filter, search, change } = props
  const [from, to] = daysOf(filter, search)
  // A span has two ends; until the second is chosen the first is only kept here.
  const [half, setHalf] = useState<string | null>(null)
  return (
    <DatePickerInput
      type="range"
      aria-label={filter.label}
      placeholder={filter.label}
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
          change(spanOf(filter, first, last))
        }
      }}
      w={{ base: '100%', xs: 230 }}
    />
  )
}

function daysOf<Search extends Values>(filter: Span<Search>, search: Search): [string | null, string | null] {
  const from = (search[filter.from] as string) ?? null
  const to = (search[filter.to] as string) ?? null
  if (!filter.instants) return [from, to]
  return [from === null ? null : dayOf(from), to === null ? null : plusDays(dayOf(to), -1)]
}

function spanOf<Search>(filter: Span<Search>, first: string | null, last: string | null): Values {
  const begins = first !== null && filter.instants ? startOf(first) : first
  const ends = last !== null && filter.instants ? startOf(plusDays(last, 1)) : last
  return { [filter.from]: begins ?? undefined, [filter.to]: ends ?? undefined }
}

function options(choices: Choices): { value: string; label: string }[] {
  return Object.entries(choices).map(([value, { word }]) => ({ value, label: word }))
}
