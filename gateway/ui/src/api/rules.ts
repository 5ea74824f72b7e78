import type { FormErrors, UseFormReturnType } from '@mantine/form'
import { constraints } from './constraints'
import type { FieldProblem } from './problem'

type Schemas = typeof constraints
type Limits = {
  required?: boolean
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  pattern?: string
  format?: string
}
type Check = (value: unknown) => string | null
type Words<Name extends keyof Schemas> = Partial<Record<keyof Schemas[Name] & string, string>>

const EMAIL = /^\S+@\S+\.\S+$/

/**
 * What the API document says of a request's fields, as checks for `useForm({ validate })`; `words` names each field in
 * its message ("Enter your email."). Whatever else the server rules, it says itself: see `fieldErrors`.
 */
export function rules<Name extends keyof Schemas>(
  name: Name,
  words: Words<Name>,
  options: { required?: readonly (keyof Schemas[Name] & string)[] } = {}
): Record<string, Check> {
  const schema = constraints[name] as Record<string, Limits>
  const checks = Object.entries(words as Record<string, string>).map(([field, word]) => {
    const limits = schema[field] ?? {}
    const required = limits.required === true || (options.required as readonly string[] | undefined)?.includes(field)
    return [field, (value: unknown) => broken({ ...limits, required }, word, value)] as const
  })
  return Object.fromEntries(checks)
}

function broken(limits: Limits, word: string, value: unknown): string | null {
  if (value === null || value === undefined || value === '') return limits.required ? `Enter ${word}.` : null
  if (typeof value === 'number') return brokenNumber(limits, word, value)
  if (typeof value === 'string') return brokenText(limits, word, value)
  return null
}

function brokenText(limits: Limits, word: string, value: string): string | null {
  const length = [...value.trim()].length
  if (limits.minLength && length < limits.minLength)
    return `${capital(word)} needs at least ${limits.minLength} characters.`
  if (limits.maxLength && length > limits.maxLength)
    return `${capital(word)} may have at most ${limits.maxLength} characters.`
  if (limits.format === 'email' && !EMAIL.test(value.trim())) return `${capital(word)} is not an email address.`
  if (limits.pattern && !new RegExp(limits.pattern, 'u').test(value.trim())) return `${capital(word)} has another form.`
  return null
}

function brokenNumber(limits: Limits, word: string, value: number): string | null {
  const { minimum, maximum, exclusiveMinimum } = limits
  if (minimum !== undefined && value < minimum) return `${capital(word)} is at least ${minimum}.`
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return `${capital(word)} is more than ${exclusiveMinimum}.`
  if (maximum !== undefined && value > maximum) return `${capital(word)} is at most ${maximum}.`
  return null
}

/** The server's refusals by field, for `form.setErrors`; field names are the API's. */
export function fieldErrors(fields: readonly FieldProblem[]): FormErrors {
  return Object.fromEntries(fields.map(({ field, message, fix }) => [field, [message, fix].filter(Boolean).join(' ')]))
}

/** Shows refusals in the fields they name; false when this form has none of them, so that a notice tells it instead. */
export function showIn<Values>(
  form: Pick<UseFormReturnType<Values>, 'getValues' | 'setErrors'>,
  errors: FormErrors
): boolean {
  const names = Object.keys(form.getValues() as object)
  // `skill_codes.2` is shown at the control that holds the whole list.
  const placed = Object.entries(errors).map(([name, message]) => [name, name.split('.')[0]!, message] as const)
  const own = placed.filter(([, control]) => names.includes(control))
  form.setErrors(
    Object.fromEntries(
      own.flatMap(([name, control, message]) => [
        [name, message],
        [control, message]
      ])
    )
  )
  return own.length > 0
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
