import { Group, Text } from '@mantine/core'
import { queries } from '~/api/client'
import { GoButton } from '~/components/links'
import type { DiscrepanciesSearch } from '~/searches'
import { verdictLooks } from '~/status'
import { count } from '~/words'
import styles from './discrepancies.module.css'
import { codeWords, type Code, type Verdict } from './codes'

const VERDICTS = ['drift', 'conflict', 'stale', 'converged'] as const satisfies readonly Verdict[]

/** How many of what, by verdict and by code; each leads to its list. */
export function Counts({ search }: { search: DiscrepanciesSearch }) {
  const state = search.state ?? 'open'
  const { code: _code, ...others } = search
  const { data } = queries.useQuery('get', '/api/v1/sync/discrepancies/counts', {
    params: { query: { ...others, state } }
  })
  const codes = Object.entries(data?.by_code ?? {}) as [Code, number][]
  return (
    <div className={styles.counts}>
      <Group component="nav" aria-label="By verdict" gap={4} mb={4}>
        {VERDICTS.map((verdict) => (
          <VerdictCount key={verdict} verdict={verdict} search={search} />
        ))}
      </Group>
      <Group component="nav" aria-label="By kind" gap={4} mb={8}>
        {data !== undefined && codes.length === 0 && (
          <Text size="sm" c="dimmed" px={4}>
            None of any kind.
          </Text>
        )}
        {codes.map(([code, number]) => (
          <Choice
            key={code}
            here={search.code === code}
            search={{ ...search, code: search.code === code ? undefined : code }}
          >
            {codeWords[code].word} <Tally of={number} />
          </Choice>
        ))}
      </Group>
    </div>
  )
}

function VerdictCount({ verdict, search }: { verdict: Verdict; search: DiscrepanciesSearch }) {
  const query = { ...search, verdict, state: search.state ?? 'open' }
  const { data } = queries.useQuery('get', '/api/v1/sync/discrepancies/counts', { params: { query } })
  const here = search.verdict === verdict
  return (
    <Choice here={here} search={{ ...search, verdict: here ? undefined : verdict }}>
      {verdictLooks[verdict].word} <Tally of={data?.total} />
    </Choice>
  )
}

function Choice({ here, search, children }: { here: boolean; search: DiscrepanciesSearch; children: React.ReactNode }) {
  return (
    <GoButton
      to="/sync/discrepancies"
      search={search}
      size="xs"
      variant={here ? 'default' : 'subtle'}
      color="idle.9"
      c="var(--mantine-color-text)"
      aria-current={here ? 'true' : undefined}
      activeOptions={{ exact: true }}
    >
      {children}
    </GoButton>
  )
}

/** Takes the same room before it is known. */
function Tally({ of: number }: { of: number | undefined }) {
  return (
    <span className="figures" style={{ display: 'inline-block', minWidth: 16, marginLeft: 4 }}>
      {number === undefined ? '–' : count(number)}
    </span>
  )
}
