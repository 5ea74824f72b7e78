import { Anchor } from '@mantine/core'
import { queries } from '~/api/client'
import { Empty } from '~/components/Empty'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { enrolmentLooks } from '~/status'
import { DataTable, type Column, type Reading } from '~/table/DataTable'
import { day, instant } from '~/time'
import { Actions } from './Actions'
import type { Queue as Of, Waiting } from './queues'

type Row = Waiting & { place: number | null; next: boolean }

const OFFERED = ['accept', 'decline']
const NEXT = ['offer', 'confirm']

/** One run's queue. Who has an offer, and who is next, can be answered on the spot; others open beside the list. */
export function Queue({ queue, of, show }: { queue: Of; of: Reading; show: (id: string) => void }) {
  const rows: Row[] = [
    ...queue.offered.map((row) => ({ ...row, place: null, next: false })),
    ...queue.waiting.map((row, index) => ({ ...row, place: index + 1, next: index === 0 }))
  ]
  return (
    <DataTable
      label={`Queue of ${queue.course_reference}, ${day(queue.start_on)}`}
      rows={rows}
      id={(row) => row.id}
      columns={columnsOf(show)}
      of={of}
      open={(row) => show(row.id)}
      empty={<Empty>Nobody waits.</Empty>}
    />
  )
}

function columnsOf(show: (id: string) => void): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      head: 'Trainee',
      cell: (row) => (
        <Anchor component="button" type="button" onClick={() => show(row.id)}>
          {row.trainee_name}
        </Anchor>
      )
    },
    { id: 'number', head: 'ID', width: '112px', cell: (row) => row.trainee_id_number },
    { id: 'place', head: 'Place', width: '72px', right: true, cell: (row) => row.place ?? '–' },
    { id: 'status', head: 'Status', width: '128px', cell: (row) => <Status look={enrolmentLooks[row.status]} /> },
    { id: 'ends', head: 'Offer ends', width: '200px', cell: (row) => ends(row) },
    { id: 'since', head: 'Enrolled', width: '112px', cell: (row) => day(row.enrolled_on) },
    {
      id: 'do',
      head: 'Answer',
      width: '280px',
      cell: (row) => (row.place === null || row.next) && <Answer row={row} show={show} />
    }
  ]
}

function ends({ offer_ends_at }: Row) {
  return offer_ends_at === null ? '–' : <Moment at={offer_ends_at} words={instant} />
}

/** Which of them fits now, the record itself says. */
function Answer({ row, show }: { row: Row; show: (id: string) => void }) {
  const params = { path: { enrolment_id: row.id } }
  const { data } = queries.useQuery('get', '/api/v1/enrolments/{enrolment_id}', { params })
  return data === undefined ? null : <Actions of={data} show={show} only={row.place === null ? OFFERED : NEXT} />
}
