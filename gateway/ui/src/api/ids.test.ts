import { expect, test } from 'vitest'
import { shortId } from './ids'

test('ids made in one moment are told apart where they are shown short', () => {
  const [one, other] = ['01a221bb-b811-751b-97d0-3db37b8bd3be', '01a221bb-b811-7c20-8a11-92f0c41e5a07']
  expect(shortId(one)).toBe('…7b8bd3be')
  expect(shortId(other)).not.toBe(shortId(one))
})

test('what is short already is shown whole', () => expect(shortId('AB12')).toBe('AB12'))
