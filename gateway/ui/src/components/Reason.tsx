import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { rules } from '~/api/rules'

const { reason: broken } = rules('ReasonWish', { reason: 'a reason' }, { required: ['reason'] })
const brokenIfGiven = (text: string) => (text.trim() === '' ? null : broken!(text))

export type Reason = {
  required: boolean
  text: string
  error: string | null
  set: (text: string) => void
  check: () => boolean
  clear: () => void
}

/** A reason as the API takes it; `check` says whether it will do, and shows why not. */
export function useReason({ required = true } = {}): Reason {
  const judge = required ? broken! : brokenIfGiven
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  return {
    required,
    text: text.trim(),
    error,
    set: (next) => {
      setText(next)
      if (error !== null) setError(judge(next))
    },
    check: () => {
      const wrong = judge(text)
      setError(wrong)
      return wrong === null
    },
    clear: () => {
      setText('')
      setError(null)
    }
  }
}

export function ReasonField({ required, error, set, check }: Reason) {
  return (
    <Textarea
      label="Reason"
      description="Kept in the audit log. No names, no ID numbers."
      required={required}
      autosize
      minRows={2}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={(event) => event.currentTarget.value !== '' && check()}
    />
  )
}
