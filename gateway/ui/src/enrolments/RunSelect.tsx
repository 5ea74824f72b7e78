import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { queries } from '~/api/client'
import { days } from '~/time'

type Props = { value: string | null; set: (id: string | null) => void; error?: string | null }

/** Chooses one of the runs that still take people; typing searches course and title. */
export function RunSelect({ value, set, error }: Props) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  const [chosen, setChosen] = useState<{ value: string; label: string } | null>(null)
  const query = { q: q === '' || q === chosen?.label ? undefined : q, status: ['open' as const, 'confirmed' as const] }
  const runs = queries.useQuery('get', '/api/v1/course-runs', { params: { query: { ...query, limit: 50 } } })
  const found = (runs.data?.items ?? []).map((run) => ({
    value: run.id,
    label: `${run.course_title}, ${days(run.start_on, run.end_on)}`
  }))
  const data = chosen === null || found.some((run) => run.value === chosen.value) ? found : [chosen, ...found]
  return (
    <Select
      label="Run"
      placeholder="Course or title"
      required
      searchable
      data={data}
      filter={({ options }) => options}
      value={value}
      onChange={(id, option) => {
        setChosen(option ?? null)
        set(id)
      }}
      onSearchChange={setTyped}
      nothingFoundMessage={runs.isFetching ? 'Searching' : 'No open run has this name.'}
      error={error ?? (runs.error ? runs.error.detail : null)}
    />
  )
}
