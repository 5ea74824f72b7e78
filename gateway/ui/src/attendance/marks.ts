import type { Schema } from '~/api/client'

// Marks between the hand and the server, as pure values: made, waiting, on their way, answered. How two devices that
// mark the same people come together is the server's rule (services/attendance, precedence); this keeps to it and
// repeats none of it but one sentence: a judgement of one person outranks one of the whole room.

export type State = Schema['MarkState']
export type Note = Schema['MarkNote']
export type Judged = Schema['LineWish']['state']
export type Outcome = Schema['LineOutcome']

/** What a key or a button says of somebody. */
export type Mark = { state: Judged; note: Note | null }
export const MARKS = {
  P: { state: 'present', note: null },
  A: { state: 'absent', note: null },
  L: { state: 'present', note: 'late' },
  E: { state: 'absent', note: 'excused' }
} as const satisfies Record<string, Mark>

/** One judgement as it travels, and as it is kept through a reload: ids, states and revisions, nothing of a person. */
export type Op = Mark & {
  id: string
  session: string
  /** Null judges the room: everybody on the sheet whom nobody has judged singly. */
  enrolment: string | null
  /** The revision of the line its maker had seen. */
  base: number
  at: string
  /** Whom a judgement of the room met, as its maker saw it. */
  room?: readonly string[]
}

/** What the server said of a mark; it stands until a sheet is read that knows of this revision. */
export type Answered = { state: State; note: Note | null; revision: number }

/** A mark the server did not take. The device keeps it until somebody has compared. */
export type Dispute = {
  op: Op & { enrolment: string }
  outcome: 'superseded' | 'conflict' | 'refused'
  code: string
  message: string | null
  /** What stands instead, and its revision, so that marking again is marking knowingly. */
  stands: State | null
  revision: number
}

export type Box = {
  /** By cell, in the order they were made: a cell has at most one. */
  waiting: ReadonlyMap<string, Op>
  sending: ReadonlyMap<string, Op>
  answered: ReadonlyMap<string, Answered>
  disputes: ReadonlyMap<string, Dispute>
}

export const EMPTY: Box = { waiting: new Map(), sending: new Map(), answered: new Map(), disputes: new Map() }
export const MOST_LINES = 1_000

export function cell(session: string, enrolment: string | null): string {
  return `${session} ${enrolment ?? '*'}`
}

function place(op: Op): string {
  return cell(op.session, op.enrolment)
}

/** Judge: what was not sent yet of the same cell is replaced, and so is a mark that was not taken. */
export function judge(box: Box, ops: readonly Op[]): Box {
  const waiting = new Map(box.waiting)
  const disputes = new Map(box.disputes)
  for (const op of ops) {
    waiting.delete(place(op))
    waiting.set(place(op), op)
    disputes.delete(place(op))
  }
  return { ...box, waiting, disputes }
}

/** The next request: marks of one session, at most as many as the server takes. Null when nothing waits. */
export function take(box: Box): { box: Box; ops: Op[] } | null {
  const [first] = box.waiting.values()
  if (first === undefined || box.sending.size > 0) return null
  const ops = [...box.waiting.values()].filter(({ session }) => session === first.session).slice(0, MOST_LINES)
  const waiting = new Map(box.waiting)
  ops.forEach((op) => waiting.delete(place(op)))
  return { box: { ...box, waiting, sending: byCell(ops) }, ops }
}

/** The marks of one session as the API takes them; the whole room has the request's own operation. */
export function bodyOf(ops: readonly Op[]): Schema['MarksWish'] {
  const room = ops.find(({ enrolment }) => enrolment === null)
  return {
    session_id: ops[0]!.session,
    all_present: room !== undefined,
    ...(room && { operation_id: room.id, made_at: room.at }),
    exceptions: [],
    method: 'trainer',
    lines: ops.flatMap(({ id, enrolment, state, note, base, at }) =>
      enrolment === null
        ? []
        : [{ enrolment_id: enrolment, state, note, base_revision: base, operation_id: id, made_at: at }]
    )
  }
}

/** The server has answered what was being sent, line by line. */
export function settle(box: Box, outcomes: readonly Outcome[]): Box {
  const sent = new Map([...box.sending.values()].map((op) => [op.id, op]))
  const answered = new Map(box.answered)
  const disputes = new Map(box.disputes)
  for (const outcome of outcomes) {
    const op = sent.get(outcome.operation_id ?? '')
    if (op === undefined) continue
    const key = cell(op.session, outcome.enrolment_id)
    const disputed = disputeOf(op, outcome)
    if (disputed === null) keep(answered, key, op, outcome)
    else if (!box.waiting.has(key)) disputes.set(key, disputed)
  }
  return { ...box, sending: new Map(), answered, disputes }
}

function keep(answered: Map<string, Answered>, key: string, op: Op, { outcome, state, revision }: Outcome): void {
  if (state == null || revision == null || (answered.get(key)?.revision ?? -1) > revision) return
  // Of a mark that outranks ours we know the state and not the note: the sheet tells it in a moment.
  const ours = outcome === 'applied' || (outcome === 'duplicate' && state === op.state)
  if (ours) answered.set(key, { state, note: op.note, revision })
}

function disputeOf(op: Op, { enrolment_id, outcome, code, message, state, revision }: Outcome): Dispute | null {
  if (outcome === 'applied' || outcome === 'duplicate') return null
  // Somebody said the same, or looked closer than at the room: nothing to compare.
  if (outcome === 'superseded' && (op.enrolment === null || state === op.state)) return null
  if (op.enrolment === null && !op.room?.includes(enrolment_id)) return null
  return {
    op: { ...op, enrolment: enrolment_id, room: undefined },
    outcome,
    code: code ?? outcome,
    message: message ?? null,
    stands: state ?? null,
    revision: revision ?? op.base
  }
}

/** No answer came: all of it waits again, but for cells that were marked anew meanwhile. */
export function giveBack(box: Box): Box {
  return { ...box, waiting: new Map([...box.sending, ...box.waiting]), sending: new Map() }
}

/** The whole request was refused: every mark in it goes, together. */
export function rollBack(box: Box): Box {
  return { ...box, sending: new Map() }
}

export function setAside(box: Box, keys: readonly string[]): Box {
  const disputes = new Map(box.disputes)
  keys.forEach((key) => disputes.delete(key))
  return { ...box, disputes }
}

// ------------------------------------------------------------------------------------------- taking back

/** One thing a person did, and what stood before it. */
export type Step = { ops: readonly Op[]; replaced: ReadonlyMap<string, Op>; before: ReadonlyMap<string, Mark | null> }

export function stepOf(box: Box, ops: readonly Op[], before: ReadonlyMap<string, Mark | null>): Step {
  const replaced = ops.flatMap((op) => {
    const earlier = box.waiting.get(place(op))
    return earlier === undefined ? [] : [[place(op), earlier] as const]
  })
  return { ops, replaced: new Map(replaced), before }
}

export type Undone = {
  box: Box
  /** Sent already: to be marked again as they were. */
  again: { session: string; enrolment: string; mark: Mark }[]
  /** Sent already, and unmarked before: nobody can be made unmarked again. */
  stuck: number
}

/** Take a step back: what has not left is as if it never was. */
export function undo(box: Box, step: Step): Undone {
  const waiting = new Map(box.waiting)
  const again: Undone['again'] = []
  let stuck = 0
  for (const op of step.ops) {
    const key = place(op)
    if (waiting.get(key)?.id === op.id) {
      waiting.delete(key)
      const earlier = step.replaced.get(key)
      if (earlier !== undefined) waiting.set(key, earlier)
      continue
    }
    for (const enrolment of op.enrolment === null ? (op.room ?? []) : [op.enrolment]) {
      const mark = step.before.get(cell(op.session, enrolment)) ?? null
      if (mark === null) stuck += 1
      else again.push({ session: op.session, enrolment, mark })
    }
  }
  return { box: { ...box, waiting }, again, stuck }
}

// ------------------------------------------------------------------------------------------- what is seen

export type Overlay = ReadonlyMap<string, (Mark & { base: number; moving: true }) | (Answered & { moving: false })>

/** What lies over the sheets as they were read: answers they do not know of yet, then what is on its way. */
export function overlayOf(box: Box): Overlay {
  const over = new Map<string, (Mark & { base: number; moving: true }) | (Answered & { moving: false })>()
  box.answered.forEach((answer, key) => over.set(key, { ...answer, moving: false }))
  const moving = [...box.sending.values(), ...box.waiting.values()]
  const lay = (key: string, op: Op) => over.set(key, { state: op.state, note: op.note, base: op.base, moving: true })
  for (const op of moving) op.room?.forEach((enrolment) => lay(cell(op.session, enrolment), op))
  for (const op of moving) if (op.enrolment !== null) lay(place(op), op)
  return over
}

export type Seen = { state: State; note: Note | null; revision: number }

/** A line as it is shown now, and the revision a new mark of it has seen. */
export function shown(over: Overlay, key: string, line: Seen): Seen & { moving: boolean } {
  const lies = over.get(key)
  if (lies === undefined) return { state: line.state, note: line.note, revision: line.revision, moving: false }
  if (lies.moving) return { ...lies, revision: Math.max(line.revision, lies.base), moving: true }
  if (lies.revision <= line.revision) return { ...line, moving: false }
  return { state: lies.state, note: lies.note, revision: lies.revision, moving: false }
}

/** How many marks the server does not know of; a judgement of the room counts whom it met. */
export function unsent(box: Box): number {
  const moving = [...box.waiting.values(), ...box.sending.values()]
  return moving.reduce((sum, op) => sum + (op.room?.length ?? 1), 0)
}

// ------------------------------------------------------------------------------------------- kept through a reload

export function written(box: Box): string {
  return JSON.stringify({
    ops: [...box.sending.values(), ...box.waiting.values()],
    disputes: [...box.disputes.values()]
  })
}

/** What an earlier visit left, added to what waits now; what cannot be read is nothing. */
export function withWritten(box: Box, text: string): Box {
  const { ops, disputes } = parsed(text)
  return {
    ...box,
    waiting: new Map([...byCell(ops), ...box.waiting]),
    disputes: new Map([...disputes.map((each) => [place(each.op), each] as const), ...box.disputes])
  }
}

function parsed(text: string): { ops: Op[]; disputes: Dispute[] } {
  try {
    const told = JSON.parse(text) as { ops?: Op[]; disputes?: Dispute[] }
    return { ops: (told.ops ?? []).filter(isOp), disputes: (told.disputes ?? []).filter(({ op }) => isOp(op)) }
  } catch {
    return { ops: [], disputes: [] }
  }
}

function isOp(op: Partial<Op> | undefined): boolean {
  const texts = [op?.id, op?.session, op?.at]
  return texts.every((text) => typeof text === 'string') && (op?.state === 'present' || op?.state === 'absent')
}

function byCell(ops: readonly Op[]): Map<string, Op> {
  return new Map(ops.map((op) => [place(op), op]))
}

/** An instant after the last one a mark was made at: of two marks of a cell the later must look later, too. */
export function after(last: string, at: string): string {
  return at > last ? at : new Date(Date.parse(last) + 1).toISOString()
}
