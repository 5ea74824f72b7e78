import { expect, test } from 'vitest'
import { columnWords, repairs, rowWords } from './problems'

const date = { field: 'born_on', code: 'date', message: 'This is no date.', fix: 'Write it as 1990-05-17.' }
const twice = (row: number) => ({
  field: 'id_number',
  code: 'duplicate',
  message: `Row ${row} is the same person on the same run.`,
  fix: 'Nothing need be done.'
})

test('rows that one repair mends stand together, the most frequent first', () => {
  const found = repairs([
    { number: 2, taken: false, findings: [twice(1)] },
    { number: 5, taken: false, findings: [date, date] },
    { number: 9, taken: false, findings: [date, twice(8)] },
    { number: 12, taken: false, findings: [date] }
  ])
  expect(found.map(({ field, rows, same }) => [field, rows, same])).toEqual([
    ['born_on', [5, 9, 12], true],
    ['id_number', [2, 9], false]
  ])
})

test('what was taken has nothing to mend', () => {
  expect(repairs([{ number: 2, taken: true, findings: [date] }])).toEqual([])
})

test('rows are named up to three', () => {
  expect(rowWords([8])).toBe('row 8')
  expect(rowWords([8, 33])).toBe('rows 8 and 33')
  expect(rowWords([8, 33, 58])).toBe('rows 8, 33 and 58')
  expect(rowWords([8, 33, 58, 61, 70])).toBe('rows 8, 33, 58 and 2 more')
})

test('columns are called what people call them', () => {
  expect(['id_number', 'employer_uen', 'born_on'].map(columnWords)).toEqual(['ID number', 'Employer UEN', 'Born on'])
})
