import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Empty } from '~/components/Empty'
import { Status } from '~/components/Status'
import { deliveryLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { span } from '~/time'
import { count } from '~/words'
import { AFFECTS } from './decisions'
import { Sources } from './Sources'

type Consumer = Schema['Consumer']

const SECOND = 1000

/** A figure of a service's own summary; which there are is its matter. */
function figure(consumer: Consumer, ...names: string[]): number {
  return names.reduce((sum, name) => sum + Number(consumer[name] ?? 0), 0)
}

const columns: readonly Column<Consumer>[] = [
  { id: 'service', head: 'Service', cell: ({ service }) => service },
  { id: 'state', head: 'Delivery', width: '136px', cell: ({ paused }) => <Status look={deliveryLooks(paused)} /> },
  ...numbers('waiting', 'To be handled', 'inbox_retry', 'inbox_running', 'inbox_waiting'),
  {
    id: 'oldest',
    head: 'Oldest',
    width: '104px',
    right: true,
    cell: (consumer) => span(figure(consumer, 'inbox_oldest_s') * SECOND) || '–'
  },
  ...numbers('dead', 'Dead', 'inbox_dead', 'broker_dead', 'outbox_refused'),
  ...numbers('out', 'To be published', 'outbox_pending')
]

function numbers(id: string, head: string, ...names: string[]): Column<Consumer>[] {
  return [{ id, head, width: '128px', right: true, cell: (consumer) => count(figure(consumer, ...names)) }]
}

/** How messaging fares in every service, and the switch of its delivery. */
export function Consumers() {
  const may = useMay()
  const [asked, ask] = useState<Consumer | null>(null)
  const consumers = queries.useQuery('get', '/api/v1/consumers')
  const switching: Column<Consumer> = {
    id: 'switch',
    head: 'Switch',
    width: '104px',
    cell: (consumer) => (
      <Button
        size="xs"
        variant="default"
        aria-label={`${verbOf(consumer)} ${consumer.service}`}
        onClick={() => ask(consumer)}
      >
        {verbOf(consumer)}
      </Button>
    )
  }
  return (
    <>
      <Sources of={consumers.data?.sources ?? []} />
      <DataTable
        label="Consumers"
        rows={consumers.data?.items ?? []}
        id={({ service }) => service}
        columns={may('messaging:operate') ? [...columns, switching] : columns}
        of={consumers}
        empty={<Empty>No service could tell how its messaging fares.</Empty>}
      />
      {asked && <Switch consumer={asked} close={() => ask(null)} />}
    </>
  )
}

function Switch({ consumer, close }: { consumer: Consumer; close: () => void }) {
  const { service, paused } = consumer
  const path = paused ? '/api/v1/consumers/{service}/resume' : '/api/v1/consumers/{service}/pause'
  const command = useCommand(
    (reason: string, headers) => api.POST(path, { params: { path: { service } }, body: { reason }, headers }),
    { affects: AFFECTS, done: (now) => `Delivery to ${service} ${now.paused ? 'is paused' : 'goes on'}.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`${verbOf(consumer)} delivery to ${service}?`}
      verb={`${verbOf(consumer)} ${service}`}
      destructive={!paused}
      busy={command.busy}
      reason
      confirm={command.run}
    >
      <Text size="sm">
        {paused
          ? 'What waited meanwhile is handled in its order.'
          : 'Its events wait in the queue and nothing is lost; what other people see of it grows old.'}
      </Text>
    </Confirm>
  )
}

function verbOf({ paused }: Consumer): string {
  return paused ? 'Resume' : 'Pause'
}
