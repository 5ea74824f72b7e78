import { Button, Group, List, Stack, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { useMe } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { erasureLooks } from '~/status'
import { day, instant } from '~/time'
import { plain } from '~/words'
import { By } from '~/components/By'
import type { Trainee } from './words'

const EVERY_MS = 5_000

type View = Schema['ErasureView']
type Step = 'ask' | 'agree' | 'decline'

const AFFECTS = ['/api/v1/trainees', '/api/v1/enrolments', '/api/v1/audit'] as const
const steps: Record<Step, { title: string; verb: string; says: string; done: string }> = {
  ask: {
    title: 'Ask for erasure?',
    verb: 'Ask for erasure',
    says: 'Another administrator has to agree; until then nothing is erased.',
    done: 'The erasure waits for another administrator.'
  },
  agree: {
    title: 'Erase this person?',
    verb: 'Erase for ever',
    says: 'What tells who they were is destroyed in every service. Ids, dates and statistics stay. It cannot be undone.',
    done: 'The person is erased here; the other services follow by themselves.'
  },
  decline: {
    title: 'Decline the erasure?',
    verb: 'Decline',
    says: 'The data stay. It can be asked for again.',
    done: 'The erasure is declined.'
  }
}

/** The end of what is known of a person: asked for by one administrator, agreed to by another. */
export function Erasure({ trainee }: { trainee: Trainee }) {
  const params = { path: { trainee_id: trainee.id } }
  const erasure = queries.useQuery(
    'get',
    '/api/v1/trainees/{trainee_id}/erasure',
    { params },
    // Each service says for itself that nothing is left, and no event tells a browser so.
    { refetchInterval: ({ state }) => (state.data?.state === 'erased' ? EVERY_MS : false) }
  )
  return <Loaded of={erasure}>{(view) => <Shown of={view} />}</Loaded>
}

export function Shown({ of: view }: { of: View }) {
  return (
    <Stack gap={12}>
      <Properties
        of={[
          ['State', <Status key="state" look={erasureLooks[view.state]} />],
          ...(view.kept_until ? [['Kept until', day(view.kept_until)] as const] : []),
          ...(view.asked_at
            ? ([
                ['Asked', instant(view.asked_at)],
                ['By', <By key="asked" id={view.asked_by} />],
                ['Reason', view.reason]
              ] as const)
            : []),
          ...(view.agreed_at
            ? ([
                ['Agreed', instant(view.agreed_at)],
                ['Agreed by', <By key="agreed" id={view.agreed_by} />]
              ] as const)
            : []),
          ...view.copies.map(
            ({ service, erased_at }) =>
              [plain(service), erased_at ? `Nothing left since ${instant(erased_at)}` : 'Not yet said'] as const
          )
        ]}
      />
      {view.obstacles.length > 0 && (
        <div>
          <Text size="sm">It stands in the way:</Text>
          <List size="sm" aria-label="Obstacles">
            {view.obstacles.map(({ code, message }) => (
              <List.Item key={`${code} ${message}`}>{message}</List.Item>
            ))}
          </List>
        </div>
      )}
      <Steps of={view} />
    </Stack>
  )
}

function Steps({ of: view }: { of: View }) {
  const me = useMe()
  const [asking, setAsking] = useState<Step | null>(null)
  const blocked = view.obstacles.length > 0 ? 'Something stands in the way.' : null
  const own = view.asked_by === me.id ? 'You asked for it yourself: another administrator has to agree.' : null
  return (
    <Group gap={8}>
      {view.state === 'none' && <Choice verb="Ask for erasure" why={blocked} act={() => setAsking('ask')} />}
      {view.state === 'asked' && (
        <>
          <Choice verb="Agree to erasure" why={own ?? blocked} act={() => setAsking('agree')} />
          <Choice verb="Decline" why={null} act={() => setAsking('decline')} />
        </>
      )}
      {asking !== null && <Ask of={view} step={asking} close={() => setAsking(null)} />}
    </Group>
  )
}

/** Disabled with its reason, within reach of the keyboard. */
function Choice({ verb, why, act }: { verb: string; why: string | null; act: () => void }) {
  return (
    <Tooltip label={why ?? ''} disabled={why === null}>
      <Button
        variant="default"
        data-disabled={why !== null || undefined}
        aria-disabled={why !== null}
        aria-description={why ?? undefined}
        onClick={() => why === null && act()}
      >
        {verb}
      </Button>
    </Tooltip>
  )
}

function Ask({ of: view, step, close }: { of: View; step: Step; close: () => void }) {
  const { title, verb, says, done } = steps[step]
  const command = useCommand(
    (reason: string, headers) => {
      const params = { path: { trainee_id: view.trainee_id }, header: { ...headers, ...ifMatch(view) } }
      return step === 'decline'
        ? api.POST('/api/v1/trainees/{trainee_id}/erase/decline', { params, body: { reason } })
        : api.POST('/api/v1/trainees/{trainee_id}/erase', { params, body: { reason } })
    },
    { affects: AFFECTS, done: () => done }
  )
  return (
    <Confirm
      opened
      close={close}
      title={title}
      verb={verb}
      destructive={step === 'agree'}
      busy={command.busy}
      reason
      confirm={command.run}
    >
      {says}
    </Confirm>
  )
}
