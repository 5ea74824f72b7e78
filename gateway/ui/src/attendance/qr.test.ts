import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { qrCode } from './qr'

// These squares, and those of every length from 1 to 213, were read back by another program (ZXing) when they were made.

function drawn(text: string): string {
  return qrCode(text)
    .map((row) => row.map((dark) => (dark ? '#' : '.')).join(''))
    .join('\n')
}

test('a short text is the smallest square', () => {
  expect(drawn('HAWKER')).toBe(
    `
#######..###..#######
#.....#.#####.#.....#
#.###.#..#..#.#.###.#
#.###.#...#...#.###.#
#.###.#.#####.#.###.#
#.....#....#..#.....#
#######.#.#.#.#######
..........#..........
#.#.#.#...#.#...#..#.
...#...#.###.#.#.#.#.
#.#...###.##.###.####
###..#....####.##..#.
#...#.#...##.###.##..
........##....##...#.
#######..#..#...##.##
#.....#.......###..##
#.###.#.#.#.#.#.#.###
#.###.#..#.#.#...###.
#.###.#.##.#.#####..#
#.....#..#.###.....#.
#######.#.##.####.###`.trim()
  )
})

test.each([
  [14, 21, '87bae821693809a1'],
  [15, 25, '11b905ddb9f83c32'],
  [62, 33, 'e5dddf8f80cae637'],
  [106, 41, '0b3f3e5938840365'],
  [122, 45, 'cca45b0d68d2b686'],
  [180, 53, 'da2d371b971d44d3'],
  [213, 57, '5b61c982b56d2523']
])('%i bytes are a square of %i modules, the known one', (length, size, digest) => {
  const text = drawn('x'.repeat(length))
  expect(text.split('\n')).toHaveLength(size)
  expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(digest)
})

test('what does not fit is refused', () => expect(() => qrCode('x'.repeat(214))).toThrow(RangeError))
