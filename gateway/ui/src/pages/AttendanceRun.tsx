import { Drawer } from '@mantine/core'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { queries } from '~/api/client'
import { MarkPanel } from '~/attendance/MarkPanel'
import { RegisterGrid } from '~/attendance/RegisterGrid'
import { useRegister, type Reg } from '~/attendance/sheets'
import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { runName } from '~/runs/RunName'
import { days, instant } from '~/time'
import { counted } from '~/words'

export function Page() {
  const { runId } = useParams({ from: '/shell/attendance/runs/$runId' })
  const { mark, session } = useSearch({ from: '/shell/attendance/runs/$runId' })
  const navigate = useNavigate({ from: '/attendance/runs/$runId' })
  const params = { path: { run_id: runId } }
  const { data: run } = queries.useQuery('get', '/api/v1/course-runs/{run_id}', { params })
  const register = useRegister(runId)
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, mark: id }) })
  return (
    <>
      <PageHeader
        title={run === undefined ? 'Attendance' : `Attendance · ${runName({ ...run, remote_id: run.sync.remote_id })}`}
        below={run && `${days(run.start_on, run.end_on)} · ${counted(run.sessions.length, 'session')}`}
      >
        <Go to="/runs/$runId" params={{ runId }}>
          Run
        </Go>
      </PageHeader>
      <Loaded of={register}>
        {(data) =>
          data.rows.length === 0 ? (
            <Nobody register={data} />
          ) : (
            <RegisterGrid key={runId} run={run} register={data} session={session} open={show} />
          )
        }
      </Loaded>
      <Drawer
        opened={mark !== undefined}
        onClose={() => show(undefined)}
        position="right"
        size={560}
        title="Mark"
        // The page has a banner already; the panel's head is not another.
        attributes={{ header: { role: 'none' } }}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {mark !== undefined && register.data && <MarkPanel id={mark} {...placeOf(register.data, mark)} />}
      </Drawer>
    </>
  )
}

function Nobody({ register }: { register: Reg }) {
  const ahead = register.columns.filter(({ summary }) => summary.session_status !== 'cancelled')
  const [first] = ahead
  if (first === undefined) return <Empty>This run has no session that takes place. There is nothing to mark.</Empty>
  if (ahead.every(({ sheet }) => sheet === null)) {
    return <Empty>The first session begins {instant(first.summary.start_at)}. Its sheet opens shortly before.</Empty>
  }
  return <Empty>Nobody held a seat when the sessions began, so nobody can be marked.</Empty>
}

/** Whose mark it is, and whether its sheet is locked. */
function placeOf({ rows, columns }: Reg, id: string): { name: string; locked: boolean } {
  for (const row of rows) {
    const column = row.lines.findIndex((line) => line?.attendance_id === id)
    if (column !== -1) return { name: row.name, locked: columns[column]!.sheet?.state === 'locked' }
  }
  return { name: 'Somebody on another run', locked: false }
}
