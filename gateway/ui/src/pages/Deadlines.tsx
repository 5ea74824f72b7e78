import { Tabs, Title } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { useConfig } from '~/api/config'
import { columns, Deadlines } from '~/compliance/Deadlines'
import { dutyChoices } from '~/compliance/duties'
import { DutyPanel } from '~/compliance/DutyPanel'
import { Month } from '~/compliance/Month'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go, GoButton } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import type { DeadlinesSearch } from '~/searches'
import { levelLooks, obligationLooks } from '~/status'
import { Columns } from '~/table/Columns'
import { day, dayOf, dueOn } from '~/time'
import { ViewBar } from '~/views/ViewBar'

type Wanted = Omit<DeadlinesSearch, 'view' | 'month' | 'day' | 'open' | 'columns'>
/** The same with texts for what its controls choose from texts. */
type Chosen = Omit<Wanted, 'breached' | 'older_than_days'> & { breached?: string; older_than_days?: string }

const filters: readonly Filter<Chosen>[] = [
  { kind: 'one', name: 'key', label: 'Duty', choices: dutyChoices },
  { kind: 'one', name: 'level', label: 'Level', choices: levelLooks },
  { kind: 'one', name: 'state', label: 'State', choices: obligationLooks },
  {
    kind: 'one',
    name: 'breached',
    label: 'Missed',
    choices: { true: { word: 'Missed' }, false: { word: 'Not missed' } }
  },
  { kind: 'one', name: 'older_than_days', label: 'Arose', choices: ages(7, 30, 90) },
  { kind: 'text', name: 'run_id', label: 'Id of the run' },
  { kind: 'text', name: 'subject_id', label: 'Id of the enrolment or session' }
]

const views = [
  { name: 'All', search: { view: 'list' } },
  { name: 'Missed', search: { view: 'list', breached: true } }
]

export function Page() {
  const search = useSearch({ from: '/shell/compliance' })
  const { view = 'calendar', month, day: wish, open, columns: shown, ...wanted } = search
  // The system's own day, once it is known.
  const config = useConfig()
  const chosen = wish ?? (config === null ? undefined : dayOf(config.now))
  const navigate = useNavigate({ from: '/compliance' })
  const set = (changed: Partial<DeadlinesSearch>) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace: true, resetScroll: false })
  return (
    <>
      <PageHeader title="Deadlines">
        <Go to="/compliance/policy">Policy in force</Go>
        <Can do="compliance:view">
          <GoButton to="/compliance/simulate" variant="default">
            What if
          </GoButton>
        </Can>
      </PageHeader>
      <Tabs value={view} onChange={(next) => set({ view: next as 'list' })} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="calendar">Calendar</Tabs.Tab>
          <Tabs.Tab value="list">All duties</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="calendar">
          <Month month={month} chosen={chosen} show={(next) => set({ month: next })} />
          {chosen !== undefined && <DueOn on={chosen} open={(id) => set({ open: id })} />}
        </Tabs.Panel>
        <Tabs.Panel value="list">
          <ViewBar list="deadlines" search={search} builtIn={views}>
            <Columns of={columns} shown={shown} set={(next) => set({ columns: next })} />
          </ViewBar>
          <Filters filters={filters} search={written(wanted)} set={(changed) => set(read(changed))} />
          <Deadlines
            label="Duties"
            filter={wanted}
            shown={shown}
            open={(id) => set({ open: id })}
            empty={<Empty>{none(wanted) ? 'Nothing is owed now.' : 'No duty matches these filters.'}</Empty>}
          />
        </Tabs.Panel>
      </Tabs>
      <SidePanel title="Duty" opened={open !== undefined} close={() => set({ open: undefined })}>
        {open !== undefined && <DutyPanel id={open} />}
      </SidePanel>
    </>
  )
}

function DueOn({ on, open }: { on: string; open: (id: string) => void }) {
  return (
    <>
      <Title order={2} mt={16} mb={8}>
        Due on {day(on)}
      </Title>
      <Deadlines
        label={`Duties due on ${day(on)}`}
        filter={dueOn(on)}
        open={open}
        empty={<Empty>Nothing is due on this day.</Empty>}
      />
    </>
  )
}

/** Choices are texts; the address and the API know what is a number or a truth. */
function written({ breached, older_than_days: age, ...others }: Wanted): Chosen {
  return { ...others, breached: breached?.toString(), older_than_days: age?.toString() }
}

function read(chosen: Partial<Chosen>): Partial<Wanted> {
  const { breached, older_than_days: age, ...others } = chosen
  return {
    ...others,
    ...('breached' in chosen && { breached: breached === undefined ? undefined : breached === 'true' }),
    ...('older_than_days' in chosen && { older_than_days: age === undefined ? undefined : Number(age) })
  }
}

function ages(...days: number[]): Record<string, { word: string }> {
  return Object.fromEntries(days.map((count) => [count, { word: `More than ${count} days ago` }]))
}

function none(values: object): boolean {
  return Object.values(values).every((value) => value === undefined)
}
