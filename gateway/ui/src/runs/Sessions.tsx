import { Button } from '@mantine/core'
import { Plus } from 'lucide-react'
import { useMay } from '~/access'
import type { Schema } from '~/api/client'
import { Empty } from '~/components/Empty'
import { Status } from '~/components/Status'
import { SessionActions } from '~/replanning/SessionActions'
import type { RunSearch } from '~/searches'
import { sessionLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { clockTime, day, dayOf } from '~/time'
import { modeWords } from '~/words'
import { whyNot, type Run } from './actions'

type Session = Schema['SessionView']

const STILL = { isPending: false, isFetching: false, error: null, refetch: () => undefined }

/** The run's sessions in their order; attendance hangs on them. */
export function Sessions({ run, open }: { run: Run; open: (change: RunSearch) => void }) {
  const mayChange = useMay()('runs:write')
  const names = new Map(run.trainers.map(({ trainer_id, name }) => [trainer_id, name]))
  const columns: readonly Column<Session>[] = [
    {
      id: 'sequence',
      head: 'No.',
      width: '56px',
      cell: ({ sequence, is_makeup }) => `${sequence}${is_makeup ? ' M' : ''}`
    },
    { id: 'day', head: 'Day', width: '120px', cell: ({ start_at }) => day(dayOf(start_at)) },
    {
      id: 'time',
      head: 'Time, SGT',
      width: '120px',
      cell: ({ start_at, end_at }) => `${clockTime(start_at)}–${clockTime(end_at)}`
    },
    { id: 'mode', head: 'Mode', width: '168px', cell: ({ mode_of_training }) => modeWords[mode_of_training] },
    {
      id: 'people',
      head: 'People',
      cell: ({ trainer_ids }) => trainer_ids.map((id) => names.get(id) ?? 'Somebody').join(', ')
    },
    { id: 'status', head: 'Status', width: '120px', cell: ({ status }) => <Status look={sessionLooks[status]} /> },
    {
      id: 'taken',
      head: 'Attendance',
      width: '104px',
      cell: ({ attendance_taken }) => (attendance_taken ? 'Taken' : '–')
    },
    { id: 'remote', head: 'TPGateway', width: '220px', cell: ({ remote_id }) => remote_id ?? '–' },
    ...(mayChange ? [changing(run, open)] : [])
  ]
  return (
    <>
      {mayChange && whyNot(run, 'add_session') === null && (
        <Button
          variant="default"
          mb={8}
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => open({ change: 'add_session' })}
        >
          Add session
        </Button>
      )}
      <DataTable
        label="Sessions"
        rows={run.sessions}
        id={(session) => session.id}
        columns={columns}
        of={STILL}
        empty={<Empty>This run has no session yet. It cannot be published or take attendance without one.</Empty>}
      />
    </>
  )
}

function changing(run: Run, open: (change: RunSearch) => void): Column<Session> {
  return {
    id: 'change',
    head: 'Change',
    width: '72px',
    cell: (session) => (
      <SessionActions run={run} session={session} move={() => open({ change: 'move_session', session: session.id })} />
    )
  }
}
