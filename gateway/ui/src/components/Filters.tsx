import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { lazy, Suspense, useState } from 'react'
import { Search, X } from 'lucide-react'
import type { Look } from '~/status'
import type { Span } from './Days'

// A calendar is heavy, and many lists have no days to filter by.
const Days = lazy(() => import('./Days'))

type Values = Record<string, unknown>
type Choices = Record<string, Pick<Look, 'word'>>

/** One control of a filter line. `name` is the search parameter it sets; every parameter is a filter of the API. */
export type Filter<Search> =
  | { kind: 'text'; name: keyof Search & string; label: string }
  | { kind: 'one' | 'many'; name: keyof Search & string; label: string; choices: Choices }
  | (Span<keyof Search & string> & { kind: 'days' })

type Props<Search> = {
  filters: readonly Filter<Search>[]
  /** The page's search parameters: the one place where filters live, so that a view is a link. */
  search: Search
  set: (changed: Partial<Search>) => void
}

const PAUSE_MS = 300
/** Two choices stand beside each other on a phone: what is filtered is to be seen, too. */
const HALF = 'calc(50% - 4px)'
const DAYS_WIDE = { base: '100%', xs: 230 }

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
          w={{ base: HALF, xs: 180 }}
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
          miw={{ base: HALF, xs: 180 }}
          flex={{ base: '1 1 0', xs: '0 1 auto' }}
        />
      )
    case 'days':
      return (
        <Suspense fallback={<TextInput aria-label={filter.label} placeholder={filter.label} w={DAYS_WIDE} readOnly />}>
          <Days of={filter} search={search} change={change} w={DAYS_WIDE} />
        </Suspense>
      )
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

function options(choices: Choices): { value: string; label: string }[] {
  return Object.entries(choices).map(([value, { word }]) => ({ value, label: word }))
}
