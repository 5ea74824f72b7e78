import '@mantine/dates/styles.css'
import { Stack } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries, type Schema } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { SidePanel } from '~/components/SidePanel'
import { Panel } from '~/enrolments/Panel'
import { Queue } from '~/enrolments/Queue'
import { queues, type Queue as OneQueue } from '~/enrolments/queues'
import { RunSelect } from '~/enrolments/RunSelect'
import { Seats } from '~/enrolments/Seats'
import { Views } from '~/enrolments/Views'
import { day } from '~/time'

const WAITING: Schema['EnrolmentStatus'][] = ['waitlisted', 'offered']
const PAGE = 200

/** Who waits for a seat, run by run and in their order; offers with the time they end. */
export function Page() {
  const { run_id: runId, open } = useSearch({ from: '/shell/enrolments/waitlist' })
  const navigate = useNavigate({ from: '/enrolments/waitlist' })
  const show = (id: string | undefined) =>
    void navigate({ search: (old) => ({ ...old, open: id }), resetScroll: false })
  const params = { query: { run_id: runId, status: WAITING, limit: PAGE } }
  const places = queries.useInfiniteQuery('get', '/api/v1/enrolments', { params }, paged)
  return (
    <>
      <PageHeader title="Waiting list" />
      <Views search={null} />
      <div style={{ maxWidth: 560, marginBottom: 16 }}>
        <RunSelect
          optional
          value={runId ?? null}
          set={(id) => void navigate({ search: (old) => ({ ...old, run_id: id ?? undefined }), replace: true })}
        />
      </div>
      <Loaded of={places}>
        {(data) =>
          rowsOf(data).length === 0 ? (
            <Empty>{runId === undefined ? 'Nobody waits for a seat.' : 'Nobody waits for a seat on this run.'}</Empty>
          ) : (
            queues(rowsOf(data)).map((queue) => <Run key={queue.run_id} queue={queue} of={places} show={show} />)
          )
        }
      </Loaded>
      <SidePanel title="Enrolment" opened={open !== undefined} close={() => show(undefined)}>
        {open !== undefined && <Panel id={open} show={show} />}
      </SidePanel>
    </>
  )
}

type Run = { queue: OneQueue; of: React.ComponentProps<typeof Queue>['of']; show: (id: string) => void }

function Run({ queue, of, show }: Run) {
  return (
    <Section
      title={`${queue.course_reference}, ${day(queue.start_on)}`}
      right={
        <Go to="/runs/$runId" params={{ runId: queue.run_id }}>
          Open run
        </Go>
      }
    >
      <Stack gap={8}>
        <Seats runId={queue.run_id} />
        <Queue queue={queue} of={of} show={show} />
      </Stack>
    </Section>
  )
}
