import { asProblem } from '~/api/problem'

type Options = {
  /** So many at a time. */
  atOnce: number
  stop: AbortSignal
  /** Called after each with how many are done. */
  told: (done: number) => void
  wait?: (seconds: number) => Promise<void>
}

const TOO_MANY = 429

/**
 * Work through items in their order until told to stop; what is under way is finished. Told to slow down by the server,
 * it waits as long as it is told and asks again.
 */
export async function sweep<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  { atOnce, stop, told, wait = pause }: Options
): Promise<void> {
  let next = 0
  let done = 0
  async function lane() {
    while (next < items.length && !stop.aborted) {
      const item = items[next++]!
      await patiently(() => work(item), wait)
      done += 1
      told(done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

async function patiently(work: () => Promise<void>, wait: (seconds: number) => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      const { status, retryAfter } = asProblem(error)
      if (status !== TOO_MANY) throw error
      await wait(retryAfter ?? 1)
    }
  }
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
}
