/** What stands in a number's control: nothing, a number, or what is being typed. */
export type Typed = number | string

/** The number that was typed; null where none was. */
export function numberOf(typed: Typed): number | null {
  return typed === '' ? null : Number(typed)
}
