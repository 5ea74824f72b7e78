// Where the cursor of the grid stands and how far its range reaches, in rows and columns. The anchor is the range's
// other corner.

export type Spot = { row: number; column: number }
export type Cursor = Spot & { anchor: Spot }
export type Size = { rows: number; columns: number; page: number }

export function at(row: number, column: number): Cursor {
  return { row, column, anchor: { row, column } }
}

export type Stroke = { key: string; shift: boolean; ctrl: boolean }

/** Where a key leads; null when it leads nowhere. */
export function moved(cursor: Cursor, { key, shift, ctrl }: Stroke, size: Size): Cursor | null {
  const to = target(cursor, key, ctrl, size)
  if (to === null) return null
  const spot = within(to, size)
  return shift ? { ...spot, anchor: cursor.anchor } : { ...spot, anchor: spot }
}

function target({ row, column }: Spot, key: string, ctrl: boolean, size: Size): Spot | null {
  switch (key) {
    case 'ArrowUp':
      return { row: ctrl ? 0 : row - 1, column }
    case 'ArrowDown':
      return { row: ctrl ? size.rows - 1 : row + 1, column }
    case 'ArrowLeft':
      return { row, column: ctrl ? 0 : column - 1 }
    case 'ArrowRight':
      return { row, column: ctrl ? size.columns - 1 : column + 1 }
    case 'Home':
      return { row: ctrl ? 0 : row, column: 0 }
    case 'End':
      return { row: ctrl ? size.rows - 1 : row, column: size.columns - 1 }
    case 'PageUp':
      return { row: row - size.page, column }
    case 'PageDown':
      return { row: row + size.page, column }
    default:
      return null
  }
}

export function within({ row, column }: Spot, { rows, columns }: Pick<Size, 'rows' | 'columns'>): Spot {
  return { row: clamp(row, rows), column: clamp(column, columns) }
}

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(value, count - 1))
}

export function wholeColumn({ column }: Spot, { rows }: Pick<Size, 'rows'>): Cursor {
  return { row: 0, column, anchor: { row: rows - 1, column } }
}

export type Range = { top: number; bottom: number; left: number; right: number }

export function rangeOf({ row, column, anchor }: Cursor): Range {
  return {
    top: Math.min(row, anchor.row),
    bottom: Math.max(row, anchor.row),
    left: Math.min(column, anchor.column),
    right: Math.max(column, anchor.column)
  }
}

export function isSingle({ row, column, anchor }: Cursor): boolean {
  return row === anchor.row && column === anchor.column
}

export function spotsOf(cursor: Cursor): Spot[] {
  const { top, bottom, left, right } = rangeOf(cursor)
  const spots: Spot[] = []
  for (let column = left; column <= right; column += 1) {
    for (let row = top; row <= bottom; row += 1) spots.push({ row, column })
  }
  return spots
}
