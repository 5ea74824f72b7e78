import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { asProblem } from '~/api/problem'
import { hours } from '~/attendance/allowed'
import { Register } from '~/attendance/Register'
import { registerOf, sheetOptions, type Sheet, type Summary } from '~/attendance/sheets'
import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { RunLink } from '~/runs/RunName'
import { day, dayOf } from '~/time'

export function Page() {
  const { sessionId } = useParams({ from: '/shell/attendance/sessions/$sessionId/register' })
  const sheet = useQuery(sheetOptions(sessionId))
  if (sheet.data === undefined && asProblem(sheet.error).code === 'sheet_not_due') {
    return (
      <>
        <PageHeader title="Register" />
        <Empty>{asProblem(sheet.error).detail}</Empty>
      </>
    )
  }
  return (
    <Loaded of={sheet}>
      {(data) => (
        <>
          <PageHeader
            title={`Session ${data.sequence}`}
            below={
              <>
                {day(dayOf(data.start_at))}, {hours(data)} SGT · <RunLink id={data.run_id} />
              </>
            }
          >
            <Go to="/attendance/sessions/$sessionId/check-in" params={{ sessionId }}>
              Check-in screen
            </Go>
            <Go to="/attendance/runs/$runId" params={{ runId: data.run_id }}>
              All sessions
            </Go>
          </PageHeader>
          {data.lines.length === 0 ? (
            <Empty>Nobody held a seat when this session began, so nobody can be marked.</Empty>
          ) : (
            <Register key={sessionId} register={registerOf([summaryOf(data)], [data], [])} />
          )}
        </>
      )}
    </Loaded>
  )
}

function summaryOf({
  session_id,
  run_id,
  sequence,
  start_at,
  end_at,
  session_status,
  state,
  lock_due_at
}: Sheet): Summary {
  return { session_id, run_id, sequence, start_at, end_at, session_status, state, lock_due_at }
}
