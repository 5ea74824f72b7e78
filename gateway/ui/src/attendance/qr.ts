// QR codes (ISO/IEC 18004) for links: bytes, correction level M (15 % may be covered), versions 1 to 10, which hold up
// to 213 bytes. One function in, one square of booleans out; nothing here knows the screen.

const MOST_VERSIONS = 10
/** By version, from 1: all codewords, those for correction in each block, and blocks. */
const CODEWORDS = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346]
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5]
const ALIGNMENT: readonly (readonly number[])[] = [
  [],
  [6, 18],
  [6, 22],
  [6, 26],
  [6, 30],
  [6, 34],
  [6, 22, 38],
  [6, 24, 42],
  [6, 26, 46],
  [6, 28, 50]
]
const BYTE_MODE = 0b0100
const PADDING = [0xec, 0x11]

export type Square = readonly (readonly boolean[])[]

/** The code for a text: rows of modules, true is dark. Raises RangeError for more than 213 bytes. */
export function qrCode(text: string): Square {
  const bytes = new TextEncoder().encode(text)
  const version = versionFor(bytes.length)
  const words = interleaved(dataWords(bytes, version), version)
  const masked = MASKS.map((_, mask) => drawn(version, words, mask))
  const best = masked.map(penalty).reduce((least, now, index, all) => (now < all[least]! ? index : least), 0)
  return masked[best]!
}

function capacity(version: number): number {
  return CODEWORDS[version - 1]! - CORRECTION[version - 1]! * BLOCKS[version - 1]!
}

function countBits(version: number): number {
  return version < 10 ? 8 : 16
}

function versionFor(length: number): number {
  for (let version = 1; version <= MOST_VERSIONS; version += 1) {
    if (4 + countBits(version) + 8 * length <= 8 * capacity(version)) return version
  }
  throw new RangeError('The text is too long for a QR code of version 10.')
}

// ------------------------------------------------------------------------------------------- words

function dataWords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = []
  const push = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1)
  }
  push(BYTE_MODE, 4)
  push(bytes.length, countBits(version))
  bytes.forEach((byte) => push(byte, 8))
  push(0, Math.min(4, 8 * capacity(version) - bits.length))
  push(0, -bits.length & 7)
  const words = Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(8 * at, 8 * at + 8).reduce((word, bit) => 2 * word + bit, 0)
  )
  for (let at = 0; words.length < capacity(version); at += 1) words.push(PADDING[at % 2]!)
  return words
}

/** Blocks each get their correction words; then first words of all blocks, second words, and so on. */
function interleaved(data: readonly number[], version: number): number[] {
  const blocks = BLOCKS[version - 1]!
  const short = Math.floor(data.length / blocks)
  const long = data.length % blocks
  const generator = generatorOf(CORRECTION[version - 1]!)
  let from = 0
  const parts = Array.from({ length: blocks }, (_, block) => {
    const length = short + (block >= blocks - long ? 1 : 0)
    const part = data.slice(from, from + length)
    from += length
    return { part, check: remainder(part, generator) }
  })
  const turns = <Key extends 'part' | 'check'>(key: Key) =>
    Array.from({ length: Math.max(...parts.map((each) => each[key].length)) }, (_, at) =>
      parts.flatMap((each) => each[key][at] ?? [])
    ).flat()
  return [...turns('part'), ...turns('check')]
}

/** Product in the field of 256 elements with x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d)
    product ^= ((b >> bit) & 1) * a
  }
  return product
}

function generatorOf(degree: number): number[] {
  const result = [...Array.from({ length: degree - 1 }, () => 0), 1]
  let root = 1
  for (let step = 0; step < degree; step += 1) {
    for (let at = 0; at < degree; at += 1) result[at] = times(result[at]!, root) ^ (result[at + 1] ?? 0)
    root = times(root, 2)
  }
  return result
}

function remainder(data: readonly number[], generator: readonly number[]): number[] {
  const left = generator.map(() => 0)
  for (const word of data) {
    const factor = word ^ left.shift()!
    left.push(0)
    generator.forEach((part, at) => (left[at]! ^= times(part, factor)))
  }
  return left
}

// ------------------------------------------------------------------------------------------- modules

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0
]

function drawn(version: number, words: readonly number[], mask: number): boolean[][] {
  const size = 4 * version + 17
  // Undefined is free for data; whatever has a function is drawn first.
  const square: (boolean | undefined)[][] = Array.from({ length: size }, () =>
    Array.from({ length: size }, () => undefined)
  )
  const set = (x: number, y: number, dark: boolean) => {
    if (x >= 0 && y >= 0 && x < size && y < size) square[y]![x] = dark
  }
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0)
    set(at, 6, at % 2 === 0)
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4]
  ] as const) {
    ring(4, (dx, dy, far) => set(x + dx, y + dy, far !== 2 && far !== 4))
  }
  const places = ALIGNMENT[version - 1]!
  const last = places.length - 1
  places.forEach((y, row) =>
    places.forEach((x, column) => {
      const corner = (row === 0 && (column === 0 || column === last)) || (row === last && column === 0)
      if (!corner) ring(2, (dx, dy, far) => set(x + dx, y + dy, far !== 1))
    })
  )
  format(mask, size, set)
  if (version >= 7) versionInfo(version, size, set)
  return filled(square, words, MASKS[mask]!)
}

function ring(reach: number, each: (dx: number, dy: number, far: number) => void): void {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) each(dx, dy, Math.max(Math.abs(dx), Math.abs(dy)))
  }
}

type Set = (x: number, y: number, dark: boolean) => void

/** Correction level M is 0; the mask is told twice, with correction of its own. */
function format(mask: number, size: number, set: Set): void {
  let rest = mask
  for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >> 9) * 0x537)
  const bits = ((mask << 10) | rest) ^ 0x5412
  const bit = (at: number) => ((bits >> at) & 1) === 1
  for (let at = 0; at <= 5; at += 1) set(8, at, bit(at))
  set(8, 7, bit(6))
  set(8, 8, bit(7))
  set(7, 8, bit(8))
  for (let at = 9; at < 15; at += 1) set(14 - at, 8, bit(at))
  for (let at = 0; at < 8; at += 1) set(size - 1 - at, 8, bit(at))
  for (let at = 8; at < 15; at += 1) set(8, size - 15 + at, bit(at))
  set(8, size - 8, true)
}

function versionInfo(version: number, size: number, set: Set): void {
  let rest = version
  for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25)
  const bits = (version << 12) | rest
  for (let at = 0; at < 18; at += 1) {
    const dark = ((bits >> at) & 1) === 1
    const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)]
    set(far, near, dark)
    set(near, far, dark)
  }
}

/** The words bit by bit, in columns of two, up and down from the right; masked. */
function filled(square: (boolean | undefined)[][], words: readonly number[], mask: (x: number, y: number) => boolean) {
  const size = square.length
  let at = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step += 1) {
      const upward = ((right + 1) & 2) === 0
      const y = upward ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        if (square[y]![x] !== undefined) continue
        const dark = at < 8 * words.length && ((words[at >> 3]! >> (7 - (at & 7))) & 1) === 1
        square[y]![x] = dark !== mask(x, y)
        at += 1
      }
    }
  }
  return square as boolean[][]
}

// ------------------------------------------------------------------------------------------- the best mask

/** How hard it would be to read: long runs, blocks, what looks like a finder, and too much of one colour. */
function penalty(square: boolean[][]): number {
  const size = square.length
  const columns = square.map((_, x) => square.map((row) => row[x]!))
  let found = 0
  for (const line of [...square, ...columns]) found += runs(line) + finders(line)
  for (let y = 0; y < size - 1; y += 1) {
    for (let x = 0; x < size - 1; x += 1) {
      const dark = square[y]![x]
      if (dark === square[y]![x + 1] && dark === square[y + 1]![x] && dark === square[y + 1]![x + 1]) found += 3
    }
  }
  const dark = square.flat().filter(Boolean).length
  return found + 10 * Math.floor(Math.abs((20 * dark) / (size * size) - 10))
}

function runs(line: readonly boolean[]): number {
  let found = 0
  let length = 0
  line.forEach((dark, at) => {
    length = dark === line[at - 1] ? length + 1 : 1
    if (length === 5) found += 3
    else if (length > 5) found += 1
  })
  return found
}

const FINDERS = ['00001011101', '10111010000']

function finders(line: readonly boolean[]): number {
  const text = line.map((dark) => (dark ? '1' : '0')).join('')
  let found = 0
  for (let at = 0; at + 11 <= text.length; at += 1) if (FINDERS.includes(text.slice(at, at + 11))) found += 40
  return found
}
