import { Button, Text } from '@mantine/core'
import { Check, Clock, Undo2, X } from 'lucide-react'
import { Can } from '~/access'
import { counted } from '~/words'
import { refusalOf } from './allowed'
import { Correcting } from './Correcting'
import { Disputes } from './Disputes'
import { letterLooks, letterOf } from './looks'
import { MARKS, type Mark } from './marks'
import styles from './Register.module.css'
import { Saving } from './Saving'
import type { Reg, Row } from './sheets'
import { useMarking, type Marking } from './useMarking'
import { useMay } from '~/access'

/** Long enough to see what was done and take it back, as nothing can be unmarked once it is on record. */
const HOLD_MS = 4_000
const BUTTONS = [
  ['P', Check],
  ['A', X],
  ['L', Clock]
] as const

/** One session on a phone: a person a row, a thumb's width each, and nothing that needs a network. */
export function Register({ register }: { register: Reg }) {
  const marking = useMarking(register, HOLD_MS)
  const may = useMay()
  const [column] = register.columns
  const missing = marking.missing(0).length
  const refusal = refusalOf(column!, register.rows[0]?.lines[0] ?? null, anyMark, may)
  const all = missing === register.rows.length
  return (
    <div className={styles.register}>
      <div className={styles.head}>
        <Text fw={600} size="lg" aria-live="polite">
          {missing === 0
            ? 'Everybody is marked'
            : `${missing} of ${counted(register.rows.length, 'person', 'people')} missing`}
        </Text>
        <Saving />
      </div>
      <Disputes register={register} />
      {refusal !== null && <p className={styles.refusal}>{refusal.says}</p>}
      {column!.sheet?.state === 'open' && (
        <Can do="attendance:mark">
          <Button fullWidth h={48} mb={12} disabled={missing === 0} onClick={() => marking.markRest(0)}>
            {all ? 'All present' : missing === 0 ? 'Everybody is marked' : `The other ${missing} present`}
          </Button>
        </Can>
      )}
      <ul className={styles.people} aria-label="People">
        {register.rows.map((row, index) => (
          <Person key={row.id} row={row} index={index} marking={marking} fixed={refusal !== null && !refusal.correct} />
        ))}
      </ul>
      {marking.undoable && (
        <div className={styles.undo}>
          <span role="status">{marking.said}</span>
          <Button variant="default" h={44} leftSection={<Undo2 size={16} aria-hidden />} onClick={marking.undo}>
            Undo
          </Button>
        </div>
      )}
      {marking.correction && (
        <Correcting
          of={marking.correction}
          revisionOf={(place) => marking.seen(place).revision}
          close={() => marking.correct(null)}
        />
      )}
    </div>
  )
}

const anyMark: { state: 'unmarked'; mark: Mark } = { state: 'unmarked', mark: MARKS.P }

function Person({ row, index, marking, fixed }: { row: Row; index: number; marking: Marking; fixed: boolean }) {
  const spot = { row: index, column: 0 }
  const place = marking.placeAt(spot)
  const now = place === null ? null : marking.seen(place)
  const letter = now === null ? '–' : letterOf(now)
  const spoken = BUTTONS.some(([each]) => each === letter)
  return (
    <li className={styles.person} data-moving={now?.moving || undefined}>
      <div className={styles.who}>
        <b>{row.name}</b>
        <span className="dimmed">
          {row.number}
          {!spoken && ` · ${letterLooks[letter].word}`}
        </span>
      </div>
      <div role="group" aria-label={row.name} className={styles.buttons}>
        {BUTTONS.map(([each, Icon]) => (
          <button
            key={each}
            type="button"
            aria-pressed={letter === each}
            data-tone={letterLooks[each].tone}
            disabled={fixed}
            onClick={() => letter !== each && marking.mark([spot], MARKS[each])}
          >
            <Icon size={18} aria-hidden />
            <span>{letterLooks[each].word}</span>
          </button>
        ))}
      </div>
    </li>
  )
}
