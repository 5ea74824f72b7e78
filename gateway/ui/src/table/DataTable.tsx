import { Button, Group, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import {
  createSortedRowModel,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Row,
  type RowSelectionState
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { memo, useMemo, useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'
import { Failure } from '~/components/Failure'
import { Bar, Waiting } from '~/components/Loaded'
import { Cards } from './Cards'
import styles from './DataTable.module.css'

export type Column<Record> = {
  id: string
  head: string
  cell: (row: Record) => ReactNode
  /** Numbers stand to the right, digits under digits. */
  right?: boolean
  /** CSS width; columns without one share what is left. */
  width?: string
  /** What to sort by; only tables that hold every row offer it. */
  sort?: (row: Record) => string | number | null
}

/** What a list query is made of, as `useInfiniteQuery` gives it. */
export type Reading = {
  isPending: boolean
  isFetching: boolean
  error: unknown
  hasNextPage?: boolean
  isFetchingNextPage?: boolean
  fetchNextPage?: () => unknown
  refetch: () => unknown
}

export type Selection = { ids: readonly string[]; set: (ids: string[]) => void }

export type Table<Record> = {
  /** What the table holds, for those who hear it. */
  label: string
  rows: readonly Record[]
  id: (row: Record) => string
  columns: readonly Column<Record>[]
  of: Reading
  empty: ReactNode
  /** What a click on a row does; the first column holds the same as a link, for the keyboard. */
  open?: (row: Record) => void
  select?: Selection
  rowHeight?: number
}

const VIRTUAL_FROM = 100
const NARROW = '(max-width: 48em)'
const features = tableFeatures({ rowSortingFeature, rowSelectionFeature, sortedRowModel: createSortedRowModel() })
type Features = typeof features

/**
 * Every list of the house: sorts what it holds, selects, follows the arrow keys from row to row, draws only what is
 * seen past a hundred rows, and turns into cards on a phone.
 */
export function DataTable<Record extends object>(props: Table<Record>) {
  const narrow = useMediaQuery(NARROW, globalThis.matchMedia?.(NARROW).matches, { getInitialValueInEffect: false })
  const { of, rows, empty } = props
  if (rows.length === 0 && of.error) return <Failure error={of.error} again={() => void of.refetch()} />
  if (of.isPending) return <Waiting />
  return (
    <>
      <Bar moving={of.isFetching && !of.isFetchingNextPage} />
      {of.error !== null && <Failure error={of.error} again={() => void of.refetch()} />}
      {rows.length === 0 ? empty : narrow ? <Cards {...props} /> : <Grid {...props} />}
      {rows.length > 0 && <Foot {...props} />}
    </>
  )
}

function Grid<Record extends object>(props: Table<Record>) {
  const { label, id, columns, select, rowHeight = 36 } = props
  const scroller = useRef<HTMLDivElement>(null)
  const whole = props.of.hasNextPage !== true
  const table = useTable<Features, Record>({
    features,
    data: props.rows as Record[],
    columns: useMemo(() => columns.map((column) => definition(column, whole)), [columns, whole]),
    getRowId: id,
    enableRowSelection: select !== undefined,
    state: { rowSelection: chosen(select) },
    onRowSelectionChange: (update) => {
      const next = typeof update === 'function' ? update(chosen(select)) : update
      select?.set(Object.keys(next).filter((key) => next[key]))
    }
  })
  const rows = table.getRowModel().rows
  const virtual = rows.length > VIRTUAL_FROM
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]!.id,
    overscan: 2,
    enabled: virtual
  })
  const drawn = virtual ? virtualizer.getVirtualItems() : rows.map((_, index) => ({ index, start: 0, end: 0 }))
  const before = virtual ? (drawn[0]?.start ?? 0) : 0
  const after = virtual ? virtualizer.getTotalSize() - (drawn.at(-1)?.end ?? 0) : 0
  const span = columns.length + (select ? 1 : 0)

  function follow(event: KeyboardEvent<HTMLTableSectionElement>) {
    const at = Number((event.target as HTMLElement).closest('tr')?.dataset.index)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key]
    if (to === undefined || !(event.target instanceof HTMLAnchorElement) || rows[to] === undefined) return
    event.preventDefault()
    const focus = () => scroller.current?.querySelector<HTMLElement>(`tr[data-index="${to}"] a`)?.focus()
    if (!virtual) return focus() // at once, so that no key of a fast series is lost
    virtualizer.scrollToIndex(to)
    requestAnimationFrame(focus)
  }

  return (
    <div
      ref={scroller}
      className={virtual ? styles.scroller : undefined}
      {...(virtual && { role: 'region', 'aria-label': label, tabIndex: 0 })}
    >
      <table className={styles.table} aria-label={label} aria-rowcount={whole ? rows.length + 1 : -1}>
        <colgroup>
          {select && <col style={{ width: 36 }} />}
          {columns.map((column) => (
            <col key={column.id} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {select && (
              <th scope="col">
                <Check
                  label="Select all shown"
                  checked={table.getIsAllRowsSelected()}
                  some={table.getIsSomeRowsSelected()}
                  change={table.getToggleAllRowsSelectedHandler()}
                />
              </th>
            )}
            {table.getFlatHeaders().map(({ column }, index) => (
              <Head key={column.id} column={columns[index]!} sorted={column.getIsSorted()} toggle={sorter(column)} />
            ))}
          </tr>
        </thead>
        {/* The links inside take the focus; the body only hears the arrow keys pressed on them. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
        <tbody onKeyDown={follow}>
          {before > 0 && <Spacer height={before} span={span} />}
          {drawn.map(({ index }) => (
            <Line
              key={rows[index]!.id}
              row={rows[index]!}
              index={index}
              columns={columns}
              open={props.open}
              selected={select ? rows[index]!.getIsSelected() : undefined}
            />
          ))}
          {after > 0 && <Spacer height={after} span={span} />}
        </tbody>
      </table>
    </div>
  )
}

type Head = {
  column: { head: string; right?: boolean }
  sorted: false | 'asc' | 'desc'
  toggle: (() => void) | undefined
}

function Head({ column, sorted, toggle }: Head) {
  const Arrow = sorted === 'asc' ? ArrowUp : sorted === 'desc' ? ArrowDown : ChevronsUpDown
  const direction = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'
  return (
    <th scope="col" data-right={column.right} aria-sort={toggle ? direction : undefined}>
      {toggle ? (
        <button type="button" className={styles.sorter} onClick={toggle}>
          {column.head}
          <Arrow size={12} aria-hidden />
        </button>
      ) : (
        column.head
      )}
    </th>
  )
}

type LineOf<Record extends object> = Pick<Table<Record>, 'columns' | 'open'> & {
  row: Row<Features, Record>
  index: number
  /** Undefined where nothing can be chosen. */
  selected: boolean | undefined
}

function OneLine<Record extends object>({ row, index, columns, open, selected }: LineOf<Record>) {
  function click(event: MouseEvent) {
    const target = event.target as HTMLElement
    if (target.closest('a, button, input, label, [role=dialog]') || getSelection()?.toString()) return
    open?.(row.original)
  }
  return (
    <tr data-index={index} aria-rowindex={index + 2} data-opens={open !== undefined} onClick={click}>
      {selected !== undefined && (
        <td>
          <Check label={`Select row ${index + 1}`} checked={selected} change={row.getToggleSelectedHandler()} />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} data-right={column.right}>
          {column.cell(row.original)}
        </td>
      ))}
    </tr>
  )
}

type CheckOf = { label: string; checked: boolean; some?: boolean; change: (event: unknown) => void }

/** The browser's own: of the hundreds that pass by while a table is scrolled, each is one element. */
function Check({ label, checked, some = false, change }: CheckOf) {
  return (
    <input
      type="checkbox"
      className={styles.check}
      aria-label={label}
      checked={checked}
      onChange={change}
      ref={(input) => {
        if (input) input.indeterminate = some && !checked
      }}
    />
  )
}

/** While a long table is scrolled, what stays in sight is not drawn anew. */
const Line = memo(OneLine) as typeof OneLine

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden>
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
      <td colSpan={span} style={{ height, padding: 0, border: 0 }} />
    </tr>
  )
}

/** How many there are, and the way to more. */
function Foot<Record>({ rows, of }: Table<Record>) {
  return (
    <Group mt={8} gap={12}>
      <Text size="sm" c="dimmed" role="status">
        {rows.length} {of.hasNextPage ? 'shown, there are more' : rows.length === 1 ? 'row' : 'rows'}
      </Text>
      {of.hasNextPage && (
        <Button variant="default" size="xs" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage?.()}>
          Show more
        </Button>
      )}
    </Group>
  )
}

function definition<Record extends object>(column: Column<Record>, whole: boolean): ColumnDef<Features, Record> {
  return {
    id: column.id,
    header: column.head,
    accessorFn: (row) => column.sort?.(row) ?? null,
    sortDescFirst: false,
    enableSorting: whole && column.sort !== undefined,
    sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id))
  }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

function sorter(column: { getCanSort: () => boolean; toggleSorting: () => void }): (() => void) | undefined {
  return column.getCanSort() ? () => column.toggleSorting() : undefined
}

function chosen(select: Selection | undefined): RowSelectionState {
  return Object.fromEntries((select?.ids ?? []).map((id) => [id, true]))
}
