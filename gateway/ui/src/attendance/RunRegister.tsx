import type { Schema } from '~/api/client'
import { Empty } from '~/components/Empty'
import { Loaded } from '~/components/Loaded'
import { SidePanel } from '~/components/SidePanel'
import { instant } from '~/time'
import { MarkPanel } from './MarkPanel'
import { RegisterGrid } from './RegisterGrid'
import { useRegister, type Reg } from './sheets'

type Props = {
  runId: string
  run: Schema['RunDetail'] | undefined
  /** The session to begin in. */
  session?: string
  /** The mark in the side panel. */
  mark: string | undefined
  show: (mark: string | undefined) => void
}

/** The register of a run, with the side panel of one of its marks. */
export function RunRegister({ runId, run, session, mark, show }: Props) {
  const register = useRegister(runId)
  return (
    <>
      <Loaded of={register}>
        {(data) =>
          data.rows.length === 0 ? (
            <Nobody register={data} />
          ) : (
            <RegisterGrid key={runId} run={run} register={data} session={session} open={show} />
          )
        }
      </Loaded>
      <SidePanel title="Mark" opened={mark !== undefined} close={() => show(undefined)}>
        {mark !== undefined && register.data && <MarkPanel id={mark} {...placeOf(register.data, mark)} />}
      </SidePanel>
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
