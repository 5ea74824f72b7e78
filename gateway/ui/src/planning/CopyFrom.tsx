import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { queries } from '~/api/client'
import { runName } from '~/runs/RunName'
import { days } from '~/time'

const PAUSE_MS = 300

/** Begins anew with the plan of an earlier run. */
export function CopyFrom() {
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), PAUSE_MS)
  const navigate = useNavigate()
  const query = { q: q || undefined, limit: 50 }
  const runs = queries.useQuery('get', '/api/v1/course-runs', { params: { query } })
  const data = (runs.data?.items ?? []).map((run) => ({
    value: run.id,
    label: `${runName(run)}, ${days(run.start_on, run.end_on)}`
  }))
  return (
    <Select
      aria-label="Copy from an earlier run"
      placeholder="Copy from an earlier run"
      searchable
      data={data}
      filter={({ options }) => options}
      value={null}
      onChange={(from) => from !== null && void navigate({ to: '/runs/new', search: { from } })}
      onSearchChange={setTyped}
      nothingFoundMessage={runs.isFetching ? 'Searching' : 'No run has this name.'}
      error={runs.error?.detail}
      w={{ base: '100%', xs: 300 }}
    />
  )
}
