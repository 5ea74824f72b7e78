import type { Schema } from '~/api/client'
import { Go } from '~/components/links'
import { Status } from '~/components/Status'
import { RunLink } from '~/runs/RunName'
import { levelLooks } from '~/status'
import type { Column } from '~/table/DataTable'
import { instantShort } from '~/time'
import { money } from '~/words'
import { dutyChoices } from './duties'

type Missed = Schema['MissedView']
type Moved = Schema['MovedView']

const waits: Record<Schema['WaitsFor'], string> = { people: 'People', tpgateway: 'TPGateway' }

export const missedColumns: readonly Column<Missed>[] = [
  { id: 'title', head: 'Duty', width: '24%', cell: (duty) => <DutyLink id={duty.id}>{duty.title}</DutyLink> },
  { id: 'run', head: 'Run', cell: (duty) => <RunLink id={duty.run_id} /> },
  { id: 'waits', head: 'Waits for', width: '104px', cell: (duty) => waits[duty.waits_for] },
  { id: 'missed', head: 'Missed, SGT', width: '152px', cell: (duty) => instantShort(duty.missed_at) },
  {
    id: 'before',
    head: 'Do it before, SGT',
    width: '152px',
    cell: (duty) => (duty.do_before ? instantShort(duty.do_before) : 'Too late')
  },
  { id: 'risk', head: 'At risk', width: '96px', right: true, cell: (duty) => money(duty.money_at_risk_cents) }
]

export const movedColumns: readonly Column<Moved>[] = [
  {
    id: 'title',
    head: 'Duty',
    width: '20%',
    cell: (duty) => <DutyLink id={duty.id}>{dutyChoices[duty.key].word}</DutyLink>
  },
  { id: 'run', head: 'Run', cell: (duty) => <RunLink id={duty.run_id} /> },
  { id: 'waits', head: 'Waits for', width: '104px', cell: (duty) => waits[duty.waits_for] },
  {
    id: 'level',
    head: 'As things are',
    width: '144px',
    cell: (duty) => <Status look={levelLooks[duty.level_before]} />
  },
  { id: 'then', head: 'As supposed', width: '144px', cell: (duty) => <Status look={levelLooks[duty.level_after]} /> },
  { id: 'due', head: 'Due, SGT', width: '152px', cell: (duty) => instantShort(duty.due_before) },
  {
    id: 'after',
    head: 'Due then, SGT',
    width: '152px',
    cell: (duty) => (duty.due_after === duty.due_before ? 'The same' : instantShort(duty.due_after))
  },
  {
    id: 'missed',
    head: 'Missed',
    width: '96px',
    cell: (duty) => (duty.breached_after ? (duty.breached_before ? 'Already' : 'Then') : 'No')
  },
  { id: 'risk', head: 'At risk', width: '96px', right: true, cell: (duty) => money(duty.money_at_risk_cents) }
]

function DutyLink({ id, children }: { id: string; children: string }) {
  return (
    <Go to="/compliance" search={{ open: id }}>
      {children}
    </Go>
  )
}
