export type Named = { id: string; head: string }

/** The columns the address asks for, in their own order; the first always stands. */
export function chosen<Of extends Named>(columns: readonly Of[], shown: readonly string[] | undefined): readonly Of[] {
  return shown === undefined ? columns : columns.filter(({ id }, place) => place === 0 || shown.includes(id))
}
