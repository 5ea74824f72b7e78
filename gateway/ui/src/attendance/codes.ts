import { letterLooks, letterOf, type Letter } from './looks'
import { cell } from './marks'
import type { Reg } from './sheets'
import type { Marking } from './useMarking'

// What the cells of a row show, as one short text: a row is drawn anew only when its text, its range or its place has
// changed, and comparing texts is cheap.

const MOVING = '~'
const LOCKED = '#'
const SCANNED = '*'
const ODD = '!'
const NOBODY = '.'
const AHEAD = '>'

export function codesOf({ rows, columns }: Reg, { box, seen }: Pick<Marking, 'box' | 'seen'>, row: number): string {
  return rows[row]!.lines.map((line, column) => {
    const { summary, sheet } = columns[column]!
    if (sheet === null) return AHEAD
    const locked = sheet.state === 'locked' ? LOCKED : ''
    if (line === null) return NOBODY + locked
    const now = seen({ session: summary.session_id, line })
    const disputed = box.disputes.has(cell(summary.session_id, line.enrolment_id))
    return [
      letterOf(now),
      now.moving && MOVING,
      locked,
      line.method === 'singpass_qr' && SCANNED,
      (disputed || line.conflict !== null) && ODD
    ]
      .filter(Boolean)
      .join('')
  }).join(' ')
}

export type Code = {
  letter: string
  tone: string | null
  words: string
  moving: boolean
  locked: boolean
  scanned: boolean
  odd: boolean
}

export function readCodes(codes: string): Code[] {
  return codes.split(' ').map((code) => {
    const [first = ''] = code
    const look = letterLooks[first as Letter]
    const has = (flag: string) => code.includes(flag, 1)
    const flags = { moving: has(MOVING), locked: has(LOCKED), scanned: has(SCANNED), odd: has(ODD) }
    if (look === undefined) {
      return { letter: '', tone: null, words: first === AHEAD ? 'Not open yet' : 'Not on this sheet', ...flags }
    }
    const words = [
      look.word,
      flags.locked && 'locked',
      flags.scanned && 'official scan',
      flags.odd && 'needs a look',
      flags.moving && 'saving'
    ]
    return { letter: first, tone: look.tone, words: words.filter(Boolean).join(', '), ...flags }
  })
}
