import { Button, Checkbox, Group, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { api, queries, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { CopyId } from '~/components/CopyId'
import { Details } from '~/components/Details'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { clientLooks } from '~/status'
import { instant } from '~/time'
import { ScopeFields } from './ScopeFields'
import { Secret } from './Secret'
import { permissionName } from './words'

type Client = Schema['ClientView']

const AFFECTS = ['/api/v1/auth/clients'] as const

/** One client beside the list: what it may do, its secret's standing, and whether it is let in. */
export function ClientPanel({ id }: { id: string }) {
  const client = queries.useQuery('get', '/api/v1/auth/clients/{client_id}', { params: { path: { client_id: id } } })
  const [secret, setSecret] = useState<Schema['ClientSecretView'] | null>(null)
  return (
    <Loaded of={client}>
      {(data) => (
        <Stack gap={16}>
          <Title order={2}>{data.name}</Title>
          {secret !== null && <Secret of={secret} />}
          <Can do="clients:write">
            <Group gap={8}>
              <RotateButton of={data} told={setSecret} />
              <StandingButton of={data} />
            </Group>
          </Can>
          <Properties
            of={[
              ['State', <Status key="state" look={clientLooks[data.status]} />],
              ['Client id', <CopyId key="id" id={data.id} label="client id" whole />],
              ['Secret before', data.previous_until && `works until ${instant(data.previous_until)}`],
              ['Scopes', data.scopes.map((scope) => `${scope}: ${permissionName(scope)}`).join('; ')]
            ]}
          />
          <Can do="clients:write">
            <ScopesForm key={data.version} of={data} />
          </Can>
          <Details of={data} also={[['Made', instant(data.created_at)]]} />
        </Stack>
      )}
    </Loaded>
  )
}

function ScopesForm({ of: client }: { of: Client }) {
  const [scopes, setScopes] = useState(client.scopes)
  const save = useCommand(
    (_: void, headers) => api.PATCH('/api/v1/auth/clients/{client_id}', { ...at(client), body: { scopes }, headers }),
    { affects: AFFECTS, done: ({ name }) => `The next token of ${name} has the scopes chosen.` }
  )
  const same = scopes.length === client.scopes.length && scopes.every((scope) => client.scopes.includes(scope))
  return (
    <Stack gap={12} align="flex-start">
      <ScopeFields value={scopes} set={setScopes} />
      <Button variant="default" disabled={same} loading={save.busy} onClick={() => void save.run()}>
        Change scopes
      </Button>
    </Stack>
  )
}

type Rotate = { of: Client; told: (secret: Schema['ClientSecretView']) => void }

function RotateButton({ of: client, told }: Rotate) {
  const [asked, ask] = useState(false)
  const [immediately, setImmediately] = useState(false)
  const rotate = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/auth/clients/{client_id}/rotate-secret', {
        ...at(client),
        body: { immediately, reason },
        headers
      }),
    // oxlint-disable-next-line unicorn/no-thenable
    { affects: AFFECTS, done: ({ client: { name } }) => `${name} has a new secret.`, then: told }
  )
  return (
    <>
      <Button size="xs" variant="default" onClick={() => ask(true)}>
        Rotate secret
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title={`Rotate the secret of ${client.name}?`}
        verb="Rotate secret"
        busy={rotate.busy}
        reason
        confirm={rotate.run}
      >
        <Text size="sm">A new secret is shown once. The one so far works for another hour.</Text>
        <Checkbox
          mt={12}
          label="End the secret so far at once"
          description="When it has leaked: the other system stops until it has the new one."
          checked={immediately}
          onChange={(event) => setImmediately(event.currentTarget.checked)}
        />
      </Confirm>
    </>
  )
}

function StandingButton({ of: client }: { of: Client }) {
  const [asked, ask] = useState(false)
  const active = client.status === 'active'
  const verb = active ? 'Disable client' : 'Enable client'
  const command = useCommand(
    (reason: string, headers) =>
      active
        ? api.POST('/api/v1/auth/clients/{client_id}/disable', { ...at(client), body: { reason }, headers })
        : api.POST('/api/v1/auth/clients/{client_id}/enable', { ...at(client), body: { reason }, headers }),
    { affects: AFFECTS, done: ({ name }) => `${name} is ${active ? 'disabled' : 'enabled'}.` }
  )
  return (
    <>
      <Button size="xs" variant="default" onClick={() => ask(true)}>
        {verb}
      </Button>
      <Confirm
        opened={asked}
        close={() => ask(false)}
        title={`${verb} ${client.name}?`}
        verb={verb}
        destructive={active}
        busy={command.busy}
        reason
        confirm={command.run}
      >
        {active ? 'It gets no more tokens; those already out end within minutes.' : 'It may have tokens again.'}
      </Confirm>
    </>
  )
}

const at = (client: Client) => ({ params: { path: { client_id: client.id }, header: ifMatch(client) } })
