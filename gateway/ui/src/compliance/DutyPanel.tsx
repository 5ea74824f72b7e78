import { Group, Stack, Text, Title } from '@mantine/core'
import { Can, useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Moment } from '~/components/Moment'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { levelLooks, obligationLooks } from '~/status'
import { instant } from '~/time'
import { count, money } from '~/words'
import { metBy, nextStep, stands } from './duties'
import { spanWords } from './spans'
import { WaiveButton } from './WaiveButton'

type Duty = Schema['ObligationView']

/** One duty beside the calendar: what it is, where it comes from, what meets it, and what a miss costs. */
export function DutyPanel({ id }: { id: string }) {
  const params = { path: { obligation_id: id } }
  const duty = queries.useQuery('get', '/api/v1/compliance/obligations/{obligation_id}', { params })
  const policies = queries.useQuery('get', '/api/v1/compliance/policy')
  return (
    <Loaded of={duty}>
      {(data) => <Loaded of={policies}>{(known) => <Shown of={data} policies={known} />}</Loaded>}
    </Loaded>
  )
}

type Judged = { of: Duty; policies: Schema['PoliciesView'] }

function Shown({ of: duty, policies }: Judged) {
  const may = useMay()
  return (
    <Stack gap={16}>
      <div>
        <Title order={2}>{duty.title}</Title>
        <Group gap={12} mt={4}>
          <Status look={levelLooks[duty.level]} />
          <Status look={obligationLooks[duty.state]} />
        </Group>
      </div>
      <Text size="sm">{duty.consequence}</Text>
      <Group gap={8}>
        <Go to="/runs/$runId" params={{ runId: duty.run_id }}>
          {duty.state === 'late' ? 'See its run' : nextStep(duty)}
        </Go>
        {stands(duty) && (
          <Can do="compliance:waive">
            <WaiveButton duty={duty} />
          </Can>
        )}
      </Group>
      {stands(duty) && !may('compliance:waive') && (
        <Text size="sm" c="dimmed">
          Waiving it needs the permission <b>compliance:waive</b>, which administrators have.
        </Text>
      )}
      <Properties of={facts(duty)} />
      <Rule of={duty} policies={policies} />
    </Stack>
  )
}

function at(name: string, when: string | null) {
  return [name, when === null ? null : <Moment key={name} at={when} words={instant} />] as const
}

function facts(duty: Duty) {
  return [
    ['Run', <RunLink key="run" id={duty.run_id} />],
    ['About', <Subject key="subject" of={duty} />],
    at('Arose', duty.trigger_at),
    at('Our own target', duty.target_at),
    at('Amber from', duty.amber_at),
    at('Red from', duty.red_at),
    at('Due before', duty.due_at),
    at('Met', duty.satisfied_at),
    ['Trainees it concerns', count(duty.affected)],
    ['Money at risk', money(duty.money_at_risk_cents)],
    at('Waived', duty.waived_at),
    ['Waived because', duty.waived_because]
  ].filter(([, value]) => value !== null) as [string, React.ReactNode][]
}

function Subject({ of: duty }: { of: Duty }) {
  switch (duty.subject_type) {
    case 'enrolment':
      return (
        <Go to="/enrolments" search={{ open: duty.subject_id }}>
          An enrolment
        </Go>
      )
    case 'session':
      return (
        <Go to="/runs/$runId" params={{ runId: duty.run_id }} search={{ tab: 'sessions' }}>
          A session
        </Go>
      )
    case 'run':
      return <CopyId id={duty.subject_id} label="run id" />
  }
}

/** From which event it comes and what meets it, by the rules it is judged by. */
function Rule({ of: duty, policies: { policies, provider_type } }: Judged) {
  const rule = policies.find(({ name }) => name === duty.policy)?.rules.find(({ key }) => key === duty.key)
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        By the rules
      </Title>
      <Properties
        of={[
          ['Arises when', rule?.trigger],
          ['Due', rule && spanWords(rule.due, provider_type, rule)],
          ['Met when', metBy[duty.key]],
          ['Basis', duty.basis],
          [
            'Policy',
            <Go key="policy" to="/compliance/policy" search={{ name: duty.policy }}>
              {duty.policy}
            </Go>
          ]
        ]}
      />
    </section>
  )
}
