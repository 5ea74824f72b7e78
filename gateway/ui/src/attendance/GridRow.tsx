import { memo } from 'react'
import { readCodes, type Code } from './codes'
import styles from './Grid.module.css'
import type { Rate } from './sheets'

type Props = {
  index: number
  /** Where it stands among many of which few are drawn. */
  top: number | null
  name: string
  number: string
  rate: Rate | null
  codes: string
  /** The columns of the range in this row; -1 for none. */
  from: number
  to: number
  active: number
  prefix: string
}

/** One person. Plain elements only: hundreds of these are drawn between a key and the screen. */
export const GridRow = memo(function GridRow({
  index,
  top,
  name,
  number,
  rate,
  codes,
  from,
  to,
  active,
  prefix
}: Props) {
  return (
    <div
      role="row"
      className={styles.row}
      aria-rowindex={index + 2}
      style={top === null ? undefined : { position: 'absolute', transform: `translateY(${top}px)` }}
    >
      <span role="rowheader" className={styles.name} title={name}>
        {name}
      </span>
      <span role="gridcell" className={styles.number}>
        {number}
      </span>
      {readCodes(codes).map((code, column) => (
        <Cell
          // A cell is its column; columns never change places.
          // oxlint-disable-next-line react/no-array-index-key
          key={column}
          id={`${prefix}-${index}-${column}`}
          row={index}
          column={column}
          code={code}
          chosen={column >= from && column <= to}
          active={column === active}
        />
      ))}
      <span role="gridcell" className={styles.rate}>
        <RateOf rate={rate} />
      </span>
    </div>
  )
})

type CellOf = { id: string; row: number; column: number; code: Code; chosen: boolean; active: boolean }

function Cell({ id, row, column, code, chosen, active }: CellOf) {
  return (
    <span
      id={id}
      role="gridcell"
      className={styles.cell}
      aria-selected={chosen}
      data-row={row}
      data-column={column}
      data-active={active || undefined}
      data-tone={code.tone}
      data-moving={code.moving || undefined}
      data-locked={code.locked || undefined}
      title={code.words}
    >
      <span aria-hidden className={styles.letter}>
        {code.letter}
        {code.scanned && <i className={styles.seal} />}
        {code.odd && <i className={styles.odd}>!</i>}
      </span>
      <span className="hidden">{code.words}</span>
    </span>
  )
}

/** Whole percents, rounded down: 74.9 is not 75. */
export function RateOf({ rate }: { rate: Rate | null }) {
  if (rate === null || rate.held_minutes === 0) return '–'
  const percent = Math.floor((100 * rate.credited_minutes) / rate.held_minutes)
  const word = !rate.reachable ? 'too low' : !rate.met ? 'low' : rate.at_risk ? 'at risk' : null
  const tone = !rate.met || !rate.reachable ? 'bad' : 'warn'
  return (
    <>
      {word !== null && (
        <span className={styles.low} data-tone={tone} title={`At least ${rate.required_pct} % is needed.`}>
          {word}
        </span>
      )}{' '}
      {percent} %
    </>
  )
}
