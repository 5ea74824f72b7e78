import { Button, Group, Menu, Text } from '@mantine/core'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { MenuAction } from '~/components/MenuAction'
import { AFFECTS, runActions, whyNot, type Run, type RunAction, type Wish } from './actions'
import { Findings } from './Findings'
import { Resubmitted } from './Resubmitted'
import { runName } from './RunName'

/** What may be done with the run now: the first as the page's one filled button, the others in a menu with why not. */
export function RunActions({ run }: { run: Run }) {
  const may = useMay()
  const [asked, setAsked] = useState<RunAction | null>(null)
  const ever = runActions.filter(({ permission }) => may(permission))
  const now = ever.filter((action) => whyNot(run, action.name) === null)
  const first = now.find(({ destructive }) => !destructive)
  const others = ever.filter((action) => action !== first)
  if (ever.length === 0) return null
  return (
    <Group gap={8}>
      {others.length > 0 && (
        <Menu position="bottom-end" width={300}>
          <Menu.Target>
            <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />}>
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((action) => (
              <MenuAction
                key={action.name}
                verb={action.verb}
                whyNot={whyNot(run, action.name)}
                act={() => setAsked(action)}
              />
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {first && <Button onClick={() => setAsked(first)}>{first.verb}</Button>}
      {asked && <Ask run={run} action={asked} close={() => setAsked(null)} />}
    </Group>
  )
}

function Ask({ run, action, close }: { run: Run; action: RunAction; close: () => void }) {
  const name = runName({ ...run, remote_id: run.sync.remote_id })
  const command = useCommand((wish: Wish, headers) => action.call(run, wish, headers), {
    affects: AFFECTS,
    done: () => `${name} ${action.done}`
  })
  const common = { opened: true, close, title: `${action.verb}?`, verb: action.verb, busy: command.busy }
  const content = (
    <>
      <Text size="sm">
        <b>{name}</b>
      </Text>
      <Text size="sm">{action.what}</Text>
      {action.name === 'publish' && <Preflight run={run} />}
      {action.resubmitted && <Resubmitted run={run} />}
    </>
  )
  return action.reason(run) ? (
    <Confirm {...common} destructive={action.destructive} reason confirm={(reason) => command.run({ reason })}>
      {content}
    </Confirm>
  ) : (
    <Confirm {...common} destructive={action.destructive} confirm={() => command.run({})}>
      {content}
    </Confirm>
  )
}

/** What stands in the way of publishing, by our rules and TPGateway's. */
export function Preflight({ run }: { run: Run }) {
  const found = queries.useQuery(
    'get',
    '/api/v1/course-runs/{run_id}/preflight',
    { params: { path: { run_id: run.id } } },
    { staleTime: 0 }
  )
  return <Loaded of={found}>{(preflight) => <Findings {...preflight} />}</Loaded>
}
