import { Button, Tooltip } from '@mantine/core'
import type { Schema } from '~/api/client'
import type { Detail } from './moves'

type Action = Schema['AllowedAction']

/** Something to ask of an enrolment: what does not fit now says why, within reach of the keyboard. */
export function ActionButton({ of: { allowed, reason }, verb, act }: { of: Action; verb: string; act: () => void }) {
  return (
    <Tooltip label={reason ?? ''} disabled={allowed}>
      <Button
        size="xs"
        variant="default"
        data-disabled={!allowed || undefined}
        aria-disabled={!allowed}
        aria-description={reason ?? undefined}
        onClick={() => allowed && act()}
      >
        {verb}
      </Button>
    </Tooltip>
  )
}

/** What the record says of an action; nothing when the role can never do it. */
export function offered(record: Detail, action: string): Action | undefined {
  return record.allowed_actions.find((each) => each.action === action && !ofRole(each.reason))
}

/** The API's words for what the role can never do. */
export function ofRole(reason: string | null | undefined): boolean {
  return reason?.startsWith('Your roles do not grant') === true
}
