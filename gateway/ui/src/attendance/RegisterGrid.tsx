import { Kbd, Text } from '@mantine/core'
import { useState } from 'react'
import { runName } from '~/runs/RunName'
import type { Schema } from '~/api/client'
import styles from './attendance.module.css'
import { Correcting } from './Correcting'
import { at, spotsOf, within, type Cursor, type Spot } from './cursor'
import { Disputes } from './Disputes'
import { Grid } from './Grid'
import { Saving } from './Saving'
import { SessionBar } from './SessionBar'
import { hasBegun, type Reg } from './sheets'
import { useMarking } from './useMarking'

const KEYS = [
  ['P A L E', 'present, absent, late, excused'],
  ['Enter', 'present and on'],
  ['Shift', 'with arrows: a range'],
  ['Ctrl A', 'whole session'],
  ['Ctrl Z', 'undo'],
  ['Space', 'history']
] as const

type Props = {
  run: Schema['RunDetail'] | undefined
  register: Reg
  /** The one to begin in. */
  session: string | undefined
  open: (attendanceId: string) => void
}

/** The grid with what stands around it: the session at hand above, how saving goes below. */
export function RegisterGrid({ run, register, session, open }: Props) {
  const marking = useMarking(register)
  const [cursor, move] = useState<Cursor>(() => at(0, beginning(register, session)))
  const size = { rows: register.rows.length, columns: register.columns.length }
  const { column } = within(cursor, size)
  const { correction, correct } = marking

  function openAt(spot: Spot) {
    const place = marking.placeAt(spot)
    if (place === null) marking.say('There is no mark here yet.')
    else open(place.line.attendance_id)
  }

  return (
    <>
      <Disputes register={register} />
      <SessionBar
        column={register.columns[column]!}
        missing={marking.missing(column).length}
        mark={(mark) => marking.mark(spotsOf(cursor), mark)}
        markRest={() => marking.markRest(column)}
      />
      {!register.named && (
        <Text size="sm" c="dimmed" mb={8}>
          Names cannot be shown now. Marking works by enrolment numbers.
        </Text>
      )}
      <Grid
        label={run === undefined ? 'Attendance' : `Attendance, ${runName({ ...run, remote_id: run.sync.remote_id })}`}
        register={register}
        marking={marking}
        cursor={cursor}
        move={move}
        open={openAt}
      />
      <div className={styles.foot}>
        <Saving />
        <span role="status" aria-label="What was marked">
          {marking.said}
        </span>
      </div>
      <Text size="xs" c="dimmed" visibleFrom="sm">
        {KEYS.map(([key, words]) => (
          <span key={key} style={{ marginRight: 12 }}>
            <Kbd size="xs">{key}</Kbd> {words}
          </span>
        ))}
      </Text>
      {correction && (
        <Correcting of={correction} revisionOf={(place) => marking.seen(place).revision} close={() => correct(null)} />
      )}
    </>
  )
}

/** The session asked for, else the first whose sheet is open, else the last that began. */
function beginning({ columns }: Reg, session: string | undefined): number {
  const asked = columns.findIndex(({ summary }) => summary.session_id === session)
  const open = columns.findIndex(({ sheet, summary }) => sheet?.state === 'open' && hasBegun(summary.start_at))
  const last = columns.findLastIndex(({ summary }) => hasBegun(summary.start_at))
  return [asked, open, last].find((column) => column !== -1) ?? 0
}
