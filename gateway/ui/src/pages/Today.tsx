import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can, useMay } from '~/access'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { DueDays } from '~/compliance/DueDays'
import { dutyChoices, nextStep } from '~/compliance/duties'
import styles from '~/compliance/compliance.module.css'
import { Summary } from '~/compliance/Summary'
import { WaiveButton } from '~/compliance/WaiveButton'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Moment } from '~/components/Moment'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { levelLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { instant } from '~/time'
import { money } from '~/words'

type Duty = Schema['ObligationView']
type Search = { key?: Schema['ObligationKey']; level?: Schema['ObligationLevel'] }

const filters: readonly Filter<Search>[] = [
  { kind: 'one', name: 'level', label: 'Level', choices: { red: levelLooks.red, amber: levelLooks.amber } },
  { kind: 'one', name: 'key', label: 'Duty', choices: dutyChoices }
]

const columns: readonly Column<Duty>[] = [
  { id: 'title', head: 'Duty', width: '22%', cell: (duty) => <span title={duty.consequence}>{duty.title}</span> },
  { id: 'level', head: 'Level', width: '144px', cell: (duty) => <Status look={levelLooks[duty.level]} /> },
  { id: 'run', head: 'Run', cell: (duty) => <RunLink id={duty.run_id} /> },
  { id: 'due', head: 'Due', width: '96px', cell: (duty) => <Moment at={duty.due_at} /> },
  { id: 'risk', head: 'At risk', width: '96px', right: true, cell: (duty) => money(duty.money_at_risk_cents) },
  { id: 'next', head: 'Next step', width: '200px', cell: (duty) => <NextStep of={duty} /> }
]

const waiving: Column<Duty> = { id: 'waive', head: 'Waive', width: '96px', cell: (duty) => <WaiveButton duty={duty} /> }

export function Page() {
  const may = useMay()
  const summary = queries.useQuery('get', '/api/v1/compliance/summary')
  return (
    <>
      <PageHeader title="Compliance" below={summary.data === undefined ? '' : `As of ${instant(summary.data.at)}`} />
      <div className={styles.summary}>
        <Loaded of={summary}>{(data) => <Summary of={data} />}</Loaded>
      </div>
      <Section title="Due in the next 14 days">
        <DueDays />
      </Section>
      <Can do="compliance:view">
        <Queue columns={may('compliance:waive') ? [...columns, waiving] : columns} />
      </Can>
    </>
  )
}

/** It is done at the run; what only waits to be waived, at the duty itself. */
function NextStep({ of: duty }: { of: Duty }) {
  if (duty.state === 'late') {
    return (
      <Go to="/compliance" search={{ open: duty.id }}>
        {nextStep(duty)}
      </Go>
    )
  }
  return (
    <Go to="/runs/$runId" params={{ runId: duty.run_id }}>
      {nextStep(duty)}
    </Go>
  )
}

function Queue({ columns }: { columns: readonly Column<Duty>[] }) {
  const search = useSearch({ from: '/shell/' })
  const navigate = useNavigate({ from: '/' })
  const queue = queries.useInfiniteQuery('get', '/api/v1/compliance/queue', { params: { query: search } }, paged)
  const filtered = Object.values(search).some((value) => value !== undefined)
  return (
    <div id="queue">
      <Section title="Work queue, most money and least time first">
        <Filters
          filters={filters}
          search={search}
          set={(changed) =>
            void navigate({ search: (old) => ({ ...old, ...changed }), replace: true, resetScroll: false })
          }
        />
        <DataTable
          label="Work queue"
          rows={rowsOf(queue.data)}
          id={(duty) => duty.id}
          columns={columns}
          of={queue}
          empty={<Empty>{filtered ? 'No duty matches these filters.' : 'Nothing is late, at risk or due soon.'}</Empty>}
        />
      </Section>
    </div>
  )
}
