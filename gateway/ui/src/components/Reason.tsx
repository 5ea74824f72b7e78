import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { rules } from '~/api/rules'

const { reason: broken } = rules('ReasonWish', { reason: 'a reason' }, { required: ['reason'] })

type Reason = {
  text: string
  error: string | null
  set: (text: string) => void
  check: () => boolean
  clear: () => void
}

/** A reason as the API takes it; `check` says whether it will do, and shows why not. */
export function useReason(): Reason {
  const [text, setText] = useState('')
  const [error, setError] = useState<string | null>(null)
  return {
    text: text.trim(),
    error,
    set: (next) => {
      setText(next)
      if (error !== null) setError(broken!(next))
    },
    check: () => {
      const wrong = broken!(text)
      setError(wrong)
      return wrong === null
    },
    clear: () => {
      setText('')
      setError(null)
    }
  }
}

export function ReasonField({ error, set, check }: Reason) {
  return (
    <Textarea
      label="Reason"
      description="Kept in the audit log. No names, no ID numbers."
      required
      autosize
      minRows={2}
      error={error}
      onChange={(event) => set(event.currentTarget.value)}
      onBlur={(event) => event.currentTarget.value !== '' && check()}
    />
  )
}
