/** The fields that differ from what was read. What is undefined was not given, and stays as it is. */
export function differing<Wish extends object>(after: Wish, before: Wish): Partial<Wish> {
  const changed = (Object.entries(after) as [keyof Wish, unknown][]).filter(
    ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before[name])
  )
  return Object.fromEntries(changed) as Partial<Wish>
}
