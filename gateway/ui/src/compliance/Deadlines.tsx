import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Go } from '~/components/links'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { levelLooks, obligationLooks } from '~/status'
import { chosen } from '~/table/chosen'
import { DataTable, type Column } from '~/table/DataTable'
import { instantShort } from '~/time'
import { count, money } from '~/words'
import type { ReactNode } from 'react'

type Duty = Schema['ObligationView']
type Filter = {
  key?: Schema['ObligationKey']
  level?: Schema['ObligationLevel']
  state?: Schema['ObligationState']
  breached?: boolean
  run_id?: string
  subject_id?: string
  older_than_days?: number
  due_from?: string
  due_until?: string
}

export const columns: readonly Column<Duty>[] = [
  {
    id: 'title',
    head: 'Duty',
    width: '24%',
    cell: (duty) => (
      <Go from="/compliance" to="/compliance" search={(old) => ({ ...old, open: duty.id })} resetScroll={false}>
        {duty.title}
      </Go>
    )
  },
  { id: 'level', head: 'Level', width: '144px', cell: (duty) => <Status look={levelLooks[duty.level]} /> },
  { id: 'state', head: 'State', width: '128px', cell: (duty) => <Status look={obligationLooks[duty.state]} /> },
  { id: 'run', head: 'Run', cell: (duty) => <RunLink id={duty.run_id} /> },
  { id: 'due', head: 'Due, SGT', width: '152px', cell: (duty) => instantShort(duty.due_at) },
  { id: 'left', head: 'Left', width: '88px', cell: (duty) => <Moment at={duty.due_at} /> },
  { id: 'people', head: 'Trainees', width: '80px', right: true, cell: (duty) => count(duty.affected) },
  { id: 'risk', head: 'At risk', width: '96px', right: true, cell: (duty) => money(duty.money_at_risk_cents) }
]

type Props = {
  label: string
  filter: Filter
  /** Ids of the columns shown; all without it. */
  shown?: string[]
  empty: ReactNode
  open: (id: string) => void
}

/** Duties, due first is first. */
export function Deadlines({ label, filter, shown, empty, open }: Props) {
  const duties = queries.useInfiniteQuery('get', '/api/v1/compliance/obligations', { params: { query: filter } }, paged)
  return (
    <DataTable
      label={label}
      rows={rowsOf(duties.data)}
      id={(duty) => duty.id}
      columns={chosen(columns, shown)}
      of={duties}
      open={(duty) => open(duty.id)}
      empty={empty}
    />
  )
}
