import { describe, expect, test } from 'vitest'
import * as marks from './marks'
import { cell, EMPTY, MARKS, type Box, type Op, type Outcome } from './marks'

const S = 'session-1'
const LINE = { state: 'unmarked', note: null, revision: 0 } as const
let made = 0

function op(enrolment: string | null, mark: marks.Mark = MARKS.P, given: Partial<Op> = {}): Op {
  made += 1
  const at = new Date(Date.UTC(2026, 2, 2, 1, 0, 0, made)).toISOString()
  return { id: `op-${made}`, session: S, enrolment, ...mark, base: 0, at, ...given }
}

function answer(of: Op, given: Partial<Outcome> = {}): Outcome {
  return {
    enrolment_id: of.enrolment ?? '',
    operation_id: of.id,
    outcome: 'applied',
    code: null,
    message: null,
    allowed: [],
    attendance_id: null,
    state: of.state,
    revision: of.base + 1,
    ...given
  }
}

/** Everything that waits, taken to be sent. */
function sent(box: Box): Box {
  return marks.take(box)!.box
}

function seen(box: Box, enrolment: string, line: marks.Seen = LINE) {
  return marks.shown(marks.overlayOf(box), cell(S, enrolment), line)
}

describe('marking', () => {
  test('shows at once and knows that it has not arrived', () => {
    const box = marks.judge(EMPTY, [op('ann', MARKS.L)])
    expect(seen(box, 'ann')).toEqual({ state: 'present', note: 'late', revision: 0, base: 0, moving: true })
    expect(seen(box, 'ben')).toMatchObject({ state: 'unmarked', moving: false })
    expect(marks.unsent(box)).toBe(1)
  })

  test('the last word on a person is the only one that travels', () => {
    const box = marks.judge(marks.judge(EMPTY, [op('ann', MARKS.P)]), [op('ann', MARKS.A)])
    expect(marks.take(box)!.ops.map(({ state }) => state)).toEqual(['absent'])
  })

  test('one request holds one session and no more lines than the server takes', () => {
    const many = Array.from({ length: marks.MOST_LINES + 5 }, (_, index) => op(`p${index}`))
    const box = marks.judge(EMPTY, [...many, op('ann', MARKS.P, { session: 'session-2' })])
    const first = marks.take(box)!
    expect(first.ops).toHaveLength(marks.MOST_LINES)
    expect(marks.take(first.box)).toBeNull() // one at a time
    const second = marks.take(
      marks.settle(
        first.box,
        first.ops.map((each) => answer(each))
      )
    )!
    expect(second.ops).toHaveLength(5)
    expect(new Set(second.ops.map(({ session }) => session))).toEqual(new Set([S]))
  })

  test('travels as the API has it: each line with its operation, the room with the request’s own', () => {
    const [ann, room] = [op('ann', MARKS.E, { base: 3 }), op(null, MARKS.P, { room: ['ben'] })]
    const body = marks.bodyOf([ann, room])
    expect(body).toMatchObject({ session_id: S, all_present: true, operation_id: room.id, made_at: room.at })
    expect(body.lines).toEqual([
      { enrolment_id: 'ann', state: 'absent', note: 'excused', base_revision: 3, operation_id: ann.id, made_at: ann.at }
    ])
  })

  test('a judgement of the room never covers a judgement of one person', () => {
    const room = op(null, MARKS.P, { room: ['ann', 'ben'] })
    for (const order of [
      [op('ann', MARKS.A), room],
      [room, op('ann', MARKS.A)]
    ]) {
      const box = marks.judge(EMPTY, order)
      expect([seen(box, 'ann').state, seen(box, 'ben').state]).toEqual(['absent', 'present'])
    }
  })

  test('the later of two marks looks later, also within one millisecond', () => {
    const at = '2026-03-02T01:00:00.000Z'
    expect(marks.after('', at)).toBe(at)
    expect(marks.after(at, at)).toBe('2026-03-02T01:00:00.001Z')
  })
})

describe('the answer', () => {
  test('stands until a sheet is read that knows of it', () => {
    const ann = op('ann')
    const box = marks.settle(sent(marks.judge(EMPTY, [ann])), [answer(ann, { revision: 4 })])
    expect(seen(box, 'ann', { ...LINE, revision: 3 })).toMatchObject({ state: 'present', revision: 4, moving: false })
    expect(seen(box, 'ann', { state: 'absent', note: null, revision: 4 })).toMatchObject({ state: 'absent' })
    expect(marks.unsent(box)).toBe(0)
  })

  test('a mark made while another of the same person travels is kept, and travels next', () => {
    const [first, second] = [op('ann', MARKS.P), op('ann', MARKS.A)]
    const box = marks.judge(sent(marks.judge(EMPTY, [first])), [second])
    expect(seen(box, 'ann').state).toBe('absent')
    const settled = marks.settle(box, [answer(first)])
    expect(seen(settled, 'ann').state).toBe('absent')
    expect(marks.take(settled)!.ops).toEqual([second])
  })

  test.each(['superseded', 'conflict', 'refused'] as const)('what was %s is kept to be compared', (outcome) => {
    const ann = op('ann', MARKS.A)
    const told = answer(ann, { outcome, state: 'present', revision: 7, code: 'some_code' })
    const box = marks.settle(sent(marks.judge(EMPTY, [ann])), [told])
    expect([...box.disputes.values()]).toMatchObject([{ outcome, code: 'some_code', stands: 'present', revision: 7 }])
    expect(seen(box, 'ann', { state: 'present', note: null, revision: 7 })).toMatchObject({ state: 'present' })
    // marked again, knowingly, the dispute is over
    expect(marks.judge(box, [op('ann', MARKS.A, { base: 7 })]).disputes.size).toBe(0)
    expect(marks.setAside(box, [cell(S, 'ann')]).disputes.size).toBe(0)
  })

  test('somebody who said the same, and who looked closer than at the room, are nothing to compare', () => {
    const [ann, room] = [op('ann'), op(null, MARKS.P, { room: ['ben'] })]
    const box = marks.settle(sent(marks.judge(EMPTY, [ann, room])), [
      answer(ann, { outcome: 'superseded', state: 'present' }),
      answer(room, { enrolment_id: 'ben', outcome: 'superseded', state: 'absent' }),
      answer(room, { enrolment_id: 'who left', outcome: 'refused', code: 'not_seated', state: 'unmarked' })
    ])
    expect(box.disputes.size).toBe(0)
  })

  test('a refusal of the whole request takes its marks back together, and only those', () => {
    const box = sent(marks.judge(EMPTY, [op('ann'), op('ben')]))
    const rolled = marks.rollBack(marks.judge(box, [op('cas')]))
    expect([seen(rolled, 'ann').state, seen(rolled, 'ben').state]).toEqual(['unmarked', 'unmarked'])
    expect(seen(rolled, 'cas').state).toBe('present')
  })
})

describe('no network', () => {
  test('what got no answer waits again, but for people marked anew meanwhile', () => {
    const [ann, ben, annAgain] = [op('ann'), op('ben'), op('ann', MARKS.A)]
    const box = marks.giveBack(marks.judge(sent(marks.judge(EMPTY, [ann, ben])), [annAgain]))
    expect(marks.take(box)!.ops.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([ben, annAgain])
  })

  test('a reload keeps all of it, and nothing of a person', () => {
    const box = marks.judge(sent(marks.judge(EMPTY, [op('ann', MARKS.L, { base: 2 })])), [op('ben', MARKS.A)])
    const text = marks.written(box)
    const back = marks.withWritten(EMPTY, text)
    expect(marks.unsent(back)).toBe(2)
    expect(seen(back, 'ann')).toMatchObject({ state: 'present', note: 'late' })
    const kept = new Set((JSON.parse(text) as { ops: object[] }).ops.flatMap((each) => Object.keys(each)))
    expect(kept).toEqual(new Set(['id', 'session', 'enrolment', 'state', 'note', 'base', 'at']))
  })

  test.each(['', 'nonsense', '{}', '{"ops":[{"id":1}],"disputes":[{}]}'])(
    'what cannot be read, %j, is nothing',
    (text) => expect(marks.unsent(marks.withWritten(EMPTY, text))).toBe(0)
  )
})

describe('taking back', () => {
  const before = new Map([[cell(S, 'ann'), null]])

  test('what has not left is as if it never was', () => {
    const [first, second] = [op('ann', MARKS.P), op('ann', MARKS.A)]
    const one = marks.judge(EMPTY, [first])
    const step = marks.stepOf(one, [second], before)
    const undone = marks.undo(marks.judge(one, [second]), step)
    expect(marks.take(undone.box)!.ops).toEqual([first])
    expect(undone).toMatchObject({ again: [], stuck: 0 })
  })

  test('what was saved is marked as it was; who was unmarked cannot be unmarked again', () => {
    const [ann, ben] = [op('ann'), op('ben')]
    const step = marks.stepOf(EMPTY, [ann, ben], new Map([...before, [cell(S, 'ben'), MARKS.E]]))
    const box = marks.settle(sent(marks.judge(EMPTY, [ann, ben])), [answer(ann), answer(ben)])
    const undone = marks.undo(box, step)
    expect(undone.again).toEqual([{ session: S, enrolment: 'ben', mark: MARKS.E }])
    expect(undone.stuck).toBe(1)
  })

  test('the room is taken back person by person once it was saved', () => {
    const room = op(null, MARKS.P, { room: ['ann', 'ben'] })
    const step = marks.stepOf(EMPTY, [room], new Map())
    expect(marks.undo(marks.judge(EMPTY, [room]), step).box.waiting.size).toBe(0)
    expect(marks.undo(EMPTY, step).stuck).toBe(2)
  })
})

// A server of a few lines that keeps the API's order: who had seen more, then who said it later.
class Server {
  readonly lines = new Map<string, marks.Seen & { at: string; base: number }>()
  readonly known = new Set<string>()

  hear(op: Op & { enrolment: string }): Outcome {
    const line = this.lines.get(op.enrolment)
    const now = () => this.lines.get(op.enrolment)
    if (this.known.has(op.id))
      return answer(op, { outcome: 'duplicate', state: now()?.state, revision: now()?.revision })
    this.known.add(op.id)
    const outranked = line !== undefined && (op.base < line.base || (op.base === line.base && op.at <= line.at))
    if (!outranked) {
      const revision = Math.max(line?.revision ?? 0, op.base) + 1
      this.lines.set(op.enrolment, { state: op.state, note: op.note, revision, at: op.at, base: op.base })
    }
    return answer(op, { outcome: outranked ? 'superseded' : 'applied', state: now()!.state, revision: now()!.revision })
  }
}

/** Numbers that look random and are the same every time. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}

test.each(Array.from({ length: 200 }, (_, seed) => seed + 1))(
  'any order of marking, losing the network, losing answers and reloading ends with what was marked last (%i)',
  (seed) => {
    const roll = dice(seed)
    const server = new Server()
    const people = ['ann', 'ben', 'cas']
    const last = new Map<string, Op>()
    let box = EMPTY
    const deliver = (lost: 'request' | 'answer' | 'nothing') => {
      const next = marks.take(box)
      if (next === null) return
      box = next.box
      const outcomes = lost === 'request' ? [] : next.ops.map((each) => server.hear(each as Op & { enrolment: string }))
      box = lost === 'nothing' ? marks.settle(box, outcomes) : marks.giveBack(box)
    }
    for (let step = 0; step < 40; step += 1) {
      const who = people[roll(people.length)]!
      const line = server.lines.get(who) ?? LINE
      const act = roll(6)
      if (act < 3) {
        const mark = Object.values(MARKS)[roll(4)]!
        const judged = op(who, mark, { base: seen(box, who, line).revision })
        last.set(who, judged)
        box = marks.judge(box, [judged])
      } else if (act === 3) box = marks.withWritten(EMPTY, marks.written(box))
      else deliver(act === 4 ? (['request', 'answer'] as const)[roll(2)]! : 'nothing')
      // what is shown is always the last word
      for (const [person, { state, note }] of last) {
        expect(seen(box, person, server.lines.get(person) ?? LINE)).toMatchObject({ state, note })
      }
    }
    while (box.waiting.size > 0) deliver('nothing')
    expect(box.disputes.size).toBe(0)
    for (const [person, { state, note }] of last) expect(server.lines.get(person)).toMatchObject({ state, note })
  }
)
