import { useVirtualizer, defaultRangeExtractor, type Range as Drawn } from '@tanstack/react-virtual'
import { Lock } from 'lucide-react'
import {
  useEffect,
  useId,
  useRef,
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent
} from 'react'
import { clockTime, dayOf, dayShort } from '~/time'
import { at, isSingle, moved, rangeOf, spotsOf, wholeColumn, within, type Cursor, type Spot } from './cursor'
import styles from './Grid.module.css'
import { GridRow } from './GridRow'
import { codesOf } from './codes'
import { MARKS } from './marks'
import type { Column, Reg } from './sheets'
import type { Marking } from './useMarking'

type Props = {
  label: string
  register: Reg
  marking: Marking
  cursor: Cursor
  move: (to: Cursor) => void
  /** The side panel of the mark the cursor stands on. */
  open: (spot: Spot) => void
}

const VIRTUAL_FROM = 100
const ROW = 32
const TOUCH_ROW = 44
/** Rows and columns are counted from one, and both begin with a head: name and number stand left of the sessions. */
const HEAD_ROWS = 1
const HEAD_COLUMNS = 2

/** The register of a run as one grid: one place to focus, the cursor told by `aria-activedescendant`. */
export function Grid(props: Props) {
  const { label, register, marking, move } = props
  const { rows, columns } = register
  const scroller = useRef<HTMLDivElement>(null)
  const grid = useRef<HTMLDivElement>(null)
  const prefix = useId()
  const height = globalThis.matchMedia?.('(pointer: coarse)').matches ? TOUCH_ROW : ROW
  const cursor = clamped(props.cursor, register)
  const range = rangeOf(cursor)
  const virtual = rows.length > VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    rangeExtractor: (drawn: Drawn) => [...new Set([...defaultRangeExtractor(drawn), cursor.row])].toSorted(ascending),
    enabled: virtual
  })
  const drawn = virtual ? virtualizer.getVirtualItems().map(({ index }) => index) : rows.map((_, index) => index)
  const active = `${prefix}-${cursor.row}-${cursor.column}`

  useEffect(() => {
    if (virtual) virtualizer.scrollToIndex(cursor.row)
    document.getElementById(active)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    // Only when the cursor goes elsewhere.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [active])

  function press(event: KeyboardEvent) {
    if (event.altKey || event.nativeEvent.isComposing) return
    if (!handled(event)) return
    event.preventDefault()
    event.stopPropagation()
  }

  function handled({ key, shiftKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    const ctrl = ctrlKey || metaKey
    const letter = key.toUpperCase()
    if (ctrl && letter === 'A') move(wholeColumn(cursor, { rows: rows.length }))
    else if (ctrl && letter === 'Z') marking.undo()
    else if (!ctrl && letter in MARKS) mark(letter as keyof typeof MARKS)
    else if (key === 'Enter') mark('P')
    else if (key === 'Delete' || key === 'Backspace') marking.remove(spotsOf(cursor))
    else if (key === ' ') props.open(cursor)
    else if (key === 'Escape' && !isSingle(cursor)) move(at(cursor.row, cursor.column))
    else return travelled({ key, shift: shiftKey, ctrl })
    return true
  }

  function travelled(stroke: Parameters<typeof moved>[1]): boolean {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 2)
    const to = moved(cursor, stroke, { rows: rows.length, columns: columns.length, page })
    if (to !== null) move(to)
    return to !== null
  }

  /** A single mark goes on to the next person; a range stays. */
  function mark(letter: keyof typeof MARKS): void {
    marking.mark(spotsOf(cursor), MARKS[letter])
    if (isSingle(cursor)) move(at(Math.min(cursor.row + 1, rows.length - 1), cursor.column))
  }

  function point(event: PointerEvent) {
    const spot = spotOf(event.target)
    if (spot === null || event.pointerType !== 'mouse' || event.button !== 0) return
    event.preventDefault()
    grid.current?.focus({ preventScroll: true })
    move(event.shiftKey ? { ...spot, anchor: cursor.anchor } : at(spot.row, spot.column))
  }

  function drag(event: PointerEvent) {
    const spot = spotOf(event.target)
    if (spot !== null && event.pointerType === 'mouse' && event.buttons === 1) move({ ...spot, anchor: cursor.anchor })
  }

  function tap(event: MouseEvent) {
    const spot = spotOf(event.target)
    if (spot === null || (event.nativeEvent as globalThis.PointerEvent).pointerType === 'mouse') return
    move(at(spot.row, spot.column))
  }

  return (
    <div ref={scroller} className={styles.scroller}>
      {/* The cells are one widget: the grid hears keys and pointers for all of them. */}
      <div
        ref={grid}
        role="grid"
        tabIndex={0}
        className={styles.grid}
        style={{ '--sessions': columns.length, '--row': `${height}px` } as CSSProperties}
        aria-label={label}
        aria-rowcount={rows.length + HEAD_ROWS}
        aria-colcount={columns.length + HEAD_COLUMNS + 1}
        aria-multiselectable
        aria-activedescendant={active}
        onKeyDown={press}
        onPointerDown={point}
        onPointerOver={drag}
        onClick={tap}
        onDoubleClick={(event) => spotOf(event.target) !== null && props.open(cursor)}
      >
        <div role="rowgroup" className={styles.head}>
          <Heads columns={columns} active={cursor.column} />
        </div>
        <div role="rowgroup" style={virtual ? { position: 'relative', height: virtualizer.getTotalSize() } : undefined}>
          {drawn.map((index) => (
            <GridRow
              key={rows[index]!.id}
              index={index}
              top={virtual ? index * height : null}
              name={rows[index]!.name}
              number={rows[index]!.number}
              rate={rows[index]!.rate}
              codes={codesOf(register, marking, index)}
              from={index >= range.top && index <= range.bottom ? range.left : -1}
              to={index >= range.top && index <= range.bottom ? range.right : -1}
              active={index === cursor.row ? cursor.column : -1}
              prefix={prefix}
            />
          ))}
        </div>
      </div>
    </div>
  )
}

function Heads({ columns, active }: { columns: readonly Column[]; active: number }) {
  return (
    <div role="row" className={styles.row} aria-rowindex={1}>
      <span role="columnheader" className={styles.name}>
        Trainee
      </span>
      <span role="columnheader" className={styles.number}>
        ID
      </span>
      {columns.map(({ summary, sheet }, index) => (
        <span key={summary.session_id} role="columnheader" className={styles.session} data-active={index === active}>
          <b>
            {summary.sequence}
            {sheet?.is_makeup && ' M'} {sheet?.state === 'locked' && <Lock size={11} aria-label="locked" />}
          </b>
          <span>{dayShort(dayOf(summary.start_at))}</span>
          <span>{clockTime(summary.start_at)}</span>
        </span>
      ))}
      <span role="columnheader" className={styles.rate}>
        Rate
      </span>
    </div>
  )
}

/** The cell a pointer is on, by its own marks. */
function spotOf(target: EventTarget): Spot | null {
  const hit = target instanceof Element ? target.closest<HTMLElement>('[data-column]') : null
  if (hit === null) return null
  return { row: Number(hit.dataset.row), column: Number(hit.dataset.column) }
}

function clamped(cursor: Cursor, { rows, columns }: Reg): Cursor {
  const size = { rows: rows.length, columns: columns.length }
  return { ...within(cursor, size), anchor: within(cursor.anchor, size) }
}

function ascending(a: number, b: number): number {
  return a - b
}
