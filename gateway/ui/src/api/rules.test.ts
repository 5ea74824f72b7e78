import { expect, test } from 'vitest'
import { fieldErrors, rules } from './rules'

const reason = rules('ReasonWish', { reason: 'a reason' }).reason!

test('a field is required, and as long, as the API document says', () => {
  expect(reason('')).toBe('Enter a reason.')
  expect(reason('no')).toBe('A reason needs at least 3 characters.')
  expect(reason('x'.repeat(501))).toBe('A reason may have at most 500 characters.')
  expect(reason('Sent twice by mistake')).toBeNull()
})

test('blanks around a text do not count', () => expect(reason('  a  ')).toBe('A reason needs at least 3 characters.'))

test('numbers keep within their bounds', () => {
  const { intake_size, threshold } = rules('RunWish', { intake_size: 'the intake', threshold: 'the extra places' })
  expect(intake_size!(0)).toBe('The intake is more than 0.')
  expect(intake_size!(20)).toBeNull()
  expect(threshold!(-1)).toBe('The extra places is at least 0.')
  expect(threshold!(10_001)).toBe('The extra places is at most 10000.')
})

test('an email looks like one', () => {
  const { admin_email } = rules('RunWish', { admin_email: 'the contact' })
  expect(admin_email!('nobody')).toBe('The contact is not an email address.')
  expect(admin_email!('ops@example.com')).toBeNull()
})

test('a form may require what the API leaves open', () => {
  const { username } = rules('TokenForm', { username: 'your email' }, { required: ['username'] })
  expect(username!('')).toBe('Enter your email.')
})

test('what the server refuses stands at its field, with the way to mend it', () => {
  const told = { field: 'start_on', code: 'past', message: 'It is over.', fix: 'Choose a later day.' }
  expect(fieldErrors([told])).toEqual({ start_on: 'It is over. Choose a later day.' })
})
