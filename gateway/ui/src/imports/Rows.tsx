import { Empty } from '~/components/Empty'
import { Go } from '~/components/links'
import { Section } from '~/components/Section'
import { Status } from '~/components/Status'
import { rowsOf } from '~/api/pages'
import type { Look } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import type { Batch, Kind, Row, Verdict } from './kinds'
import { columnWords } from './problems'
import { useRows } from './reading'

type Props = { kind: Kind; batch: Batch; verdict: Verdict | undefined }

/** The file's rows by their numbers in the spreadsheet. What stood in them is not repeated. */
export function Rows({ kind, batch, verdict }: Props) {
  const reading = useRows(kind, batch, verdict)
  const look = kind.verdicts.find((each) => each.verdict === verdict)?.look
  return (
    <Section title={look === undefined ? 'Rows' : `Rows: ${look.word}`}>
      <DataTable<Row>
        label="Rows of the file"
        rows={rowsOf<Row>(reading.data)}
        id={(row) => String(row.number)}
        columns={columnsOf(kind)}
        of={reading}
        empty={<Empty>No row has this verdict.</Empty>}
      />
    </Section>
  )
}

function columnsOf(kind: Kind): readonly Column<Row>[] {
  const looks = Object.fromEntries(kind.verdicts.map(({ verdict, look }) => [verdict, look])) as Record<string, Look>
  return [
    { id: 'number', head: 'Row', width: '72px', right: true, cell: ({ number }) => number },
    {
      id: 'verdict',
      head: 'Verdict',
      width: '152px',
      cell: ({ verdict }) => verdict !== null && <Status look={looks[verdict]!} />
    },
    {
      id: 'what',
      head: 'What is wrong',
      cell: ({ findings }) => findings.map(({ field, message }) => `${columnWords(field)}: ${message}`).join(' ') || '–'
    },
    {
      id: 'taken',
      head: 'Became',
      width: '120px',
      cell: ({ taken, enrolment_id }) =>
        taken && enrolment_id !== null ? (
          <Go to="/enrolments" search={{ open: enrolment_id }}>
            {kind.seats ? 'Enrolment' : 'Mark of this place'}
          </Go>
        ) : (
          '–'
        )
    }
  ]
}
