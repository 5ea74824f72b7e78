import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMay } from '~/access'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Consumers } from '~/dead-letters/Consumers'
import type { Alike } from '~/dead-letters/decisions'
import { Groups } from '~/dead-letters/Groups'
import { Letters } from '~/dead-letters/Letters'
import { placeWords } from '~/dead-letters/names'
import { Panel } from '~/dead-letters/Panel'
import { Replays } from '~/dead-letters/Replays'
import type { LettersSearch, LettersView } from '~/searches'
import { standingLooks } from '~/status'

type Wanted = Pick<LettersSearch, 'service' | 'kind' | 'standing' | 'type' | 'aggid'>

const filters: readonly Filter<Wanted>[] = [
  { kind: 'one', name: 'standing', label: 'State', choices: standingLooks },
  { kind: 'one', name: 'kind', label: 'Where it lies', choices: placeWords },
  { kind: 'text', name: 'type', label: 'Event type, as run.published.v1' },
  { kind: 'text', name: 'aggid', label: 'Id of the record' }
]

export function Page() {
  const { view = 'groups', open, fingerprint, ...wanted } = useSearch({ from: '/shell/dead-letters' })
  const navigate = useNavigate({ from: '/dead-letters' })
  const may = useMay()
  const set = (changed: Partial<LettersSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true, resetScroll: false })
  return (
    <>
      <PageHeader title="Dead letters" />
      <Replays />
      <Tabs value={view} onChange={(next) => set({ view: next as LettersView })} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="groups">By reason</Tabs.Tab>
          <Tabs.Tab value="letters">One by one</Tabs.Tab>
          {may('messaging:view') && <Tabs.Tab value="consumers">Consumers</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="groups">
          <Groups open={{ fingerprint, set: (next) => set({ fingerprint: next }) }} />
        </Tabs.Panel>
        <Tabs.Panel value="letters">
          <Filters filters={filters} search={wanted} set={set} />
          <Letters
            label="Dead letters"
            filter={wanted}
            alike={alike(wanted)}
            empty={<Empty>{any(wanted) ? 'No dead letter matches these filters.' : 'No dead letters.'}</Empty>}
          />
        </Tabs.Panel>
        <Tabs.Panel value="consumers">
          <Consumers />
        </Tabs.Panel>
      </Tabs>
      <SidePanel title="Dead letter" opened={open !== undefined} close={() => set({ open: undefined })}>
        {open !== undefined && <Panel id={open} close={() => set({ open: undefined })} />}
      </SidePanel>
    </>
  )
}

/** What a decision about all that match can be told; where a letter lies is no part of it. */
function alike({ kind, service, type, aggid }: Wanted): Alike | undefined {
  const told = { service, type, aggid }
  return kind === undefined && any(told) ? told : undefined
}

function any(values: object): boolean {
  return Object.values(values).some((value) => value !== undefined)
}
