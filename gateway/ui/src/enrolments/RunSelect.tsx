import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { queries, type Schema } from '~/api/client'
import { days } from '~/time'

type Props = {
  value: string | null
  set: (id: string | null) => void
  error?: string | null
  description?: string
  optional?: boolean
  statuses?: readonly Schema['RunStatus'][]
}
type Named = Pick<Schema['RunSummary'], 'id' | 'course_title' | 'start_on' | 'end_on'>

const TAKING: readonly Schema['RunStatus'][] = ['open', 'confirmed']

const optionOf = (run: Named) => ({ value: run.id, label: `${run.course_title}, ${days(run.start_on, run.end_on)}` })

/** Chooses a run, by default of those that still take people; typing searches course and title. */
export function RunSelect({ value, set, error, description, optional = false, statuses = TAKING }: Props) {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  const known = queries.useQuery(
    'get',
    '/api/v1/course-runs/{run_id}',
    { params: { path: { run_id: value ?? '' } } },
    { enabled: value !== null }
  )
  const chosen = value !== null && known.data?.id === value ? optionOf(known.data) : null
  const query = { q: q === '' || q === chosen?.label ? undefined : q, status: [...statuses], limit: 50 }
  const runs = queries.useQuery('get', '/api/v1/course-runs', { params: { query } })
  const found = (runs.data?.items ?? []).map(optionOf)
  const data = chosen === null || found.some((run) => run.value === chosen.value) ? found : [chosen, ...found]
  return (
    <Select
      label="Run"
      description={description}
      placeholder="Course or title"
      required={!optional}
      clearable={optional}
      clearButtonProps={{ 'aria-label': 'Clear run' }}
      searchable
      data={data}
      filter={({ options }) => options}
      value={value}
      onChange={set}
      onSearchChange={setTyped}
      nothingFoundMessage={runs.isFetching ? 'Searching' : 'No run that fits has this name.'}
      error={error ?? (runs.error ? runs.error.detail : null)}
    />
  )
}
