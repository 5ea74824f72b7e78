import { Group, Select, Text } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import styles from '~/compliance/compliance.module.css'
import { levelWords, spanWords } from '~/compliance/spans'
import { Empty } from '~/components/Empty'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { inForce, notInForce } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day } from '~/time'
import { money, plain } from '~/words'

type Policies = Schema['PoliciesView']
type Rule = Schema['TpgSyncRuleView']

const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }

export function Page() {
  const policies = queries.useQuery('get', '/api/v1/compliance/policy')
  return (
    <>
      <PageHeader title="Policy" below="The rules duties are judged by. A circular changes them by a new version." />
      <Loaded of={policies}>{(data) => <Shown of={data} />}</Loaded>
    </>
  )
}

function Shown({ of: { policies, provider_type } }: { of: Policies }) {
  const { name } = useSearch({ from: '/shell/compliance/policy' })
  const navigate = useNavigate({ from: '/compliance/policy' })
  const shown = policies.find((one) => one.name === name) ?? policies.find((one) => one.in_force) ?? policies[0]
  if (shown === undefined) return <Empty>There is no policy.</Empty>
  return (
    <>
      <Group gap={12} mb={12}>
        <Select
          aria-label="Version"
          data={policies.map((one) => ({ value: one.name, label: `${one.name}, from ${day(one.effective_from)}` }))}
          value={shown.name}
          allowDeselect={false}
          onChange={(next) => void navigate({ search: { name: next ?? undefined }, replace: true })}
          w={260}
        />
        <Status look={shown.in_force ? inForce : notInForce} />
        <Text size="sm" c="dimmed">
          Holds from {day(shown.effective_from)} for duties that count from that day on, as{' '}
          {provider_type === 'in_house' ? 'an in-house' : 'a public'} provider.
        </Text>
      </Group>
      <DataTable
        label={`Rules of ${shown.name}`}
        rows={shown.rules}
        id={(rule) => rule.key}
        columns={columns(provider_type)}
        of={STILL}
        empty={<Empty>This version has no rules.</Empty>}
      />
      <Warnings rules={shown.rules} />
      <Text size="sm" c="dimmed" mt={8}>
        In the work queue, twice the money goes before what is due {shown.queue_hours_per_doubling} hours earlier.
      </Text>
    </>
  )
}

function hint(text: string) {
  return <span className={styles.wrap}>{text}</span>
}

function columns(provider: string): readonly Column<Rule>[] {
  return [
    { id: 'title', head: 'Duty', cell: (rule) => hint(rule.title) },
    { id: 'subject', head: 'For each', width: '88px', cell: (rule) => plain(rule.subject) },
    { id: 'trigger', head: 'Arises when', cell: (rule) => hint(rule.trigger) },
    { id: 'due', head: 'Due', cell: (rule) => hint(spanWords(rule.due, provider, rule)) },
    {
      id: 'target',
      head: 'Our own target',
      width: '152px',
      cell: (rule) => (rule.target ? hint(spanWords(rule.target, provider, rule)) : '–')
    },
    { id: 'official', head: 'Moves for holidays', width: '136px', cell: (rule) => (rule.official ? 'No' : 'Earlier') },
    { id: 'basis', head: 'Basis', cell: (rule) => hint(rule.basis) },
    { id: 'money', head: 'Each trainee', width: '96px', right: true, cell: (rule) => money(rule.money_at_risk_cents) }
  ]
}

/** When duties warn: once for most of them, and each that does otherwise. */
function Warnings({ rules }: { rules: readonly Rule[] }) {
  const ways = new Map<string, string[]>()
  rules.forEach(({ title, levels }) => ways.set(levelWords(levels), [...(ways.get(levelWords(levels)) ?? []), title]))
  const [usual, ...others] = [...ways].toSorted(([, one], [, other]) => other.length - one.length)
  return (
    <Text component="div" size="sm" c="dimmed" mt={8}>
      {usual && <div>{usual[0]}.</div>}
      {others.map(([words, titles]) => (
        <div key={words}>
          {titles.join(', ')}: {words.toLowerCase()}.
        </div>
      ))}
    </Text>
  )
}
