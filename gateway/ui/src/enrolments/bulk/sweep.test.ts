import { expect, test } from 'vitest'
import { Problem } from '~/api/problem'
import { sweep } from './sweep'

const calm = { atOnce: 1, told: () => undefined, stop: new AbortController().signal }
const slowDown = new Problem(
  { status: 429, detail: 'Slow down.' },
  { correlationId: '', response: new Response(null, { headers: { 'retry-after': '3' } }) }
)

test('items are worked through in their order, and each is told', async () => {
  const worked: number[] = []
  const told: number[] = []
  await sweep([1, 2, 3], async (item) => void worked.push(item), { ...calm, told: (done) => told.push(done) })
  expect(worked).toEqual([1, 2, 3])
  expect(told).toEqual([1, 2, 3])
})

test('told to stop, it finishes what is under way and begins nothing more', async () => {
  const stopping = new AbortController()
  const worked: number[] = []
  const work = async (item: number) => {
    if (item === 2) stopping.abort()
    worked.push(item)
  }
  await sweep([1, 2, 3], work, { ...calm, stop: stopping.signal })
  expect(worked).toEqual([1, 2])
})

test('no more are under way than allowed', async () => {
  let under = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++under)
    await Promise.resolve()
    under -= 1
  }
  await sweep([1, 2, 3, 4, 5, 6], work, { ...calm, atOnce: 2 })
  expect(most).toBe(2)
})

test('a server that asks for patience gets it, and the item its turn', async () => {
  const waited: number[] = []
  let tries = 0
  const work = async () => {
    tries += 1
    if (tries === 1) throw slowDown
  }
  await sweep([1], work, { ...calm, wait: async (seconds) => void waited.push(seconds) })
  expect([tries, waited]).toEqual([2, [3]])
})
