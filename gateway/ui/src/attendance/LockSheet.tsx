import { Text } from '@mantine/core'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { counted } from '~/words'
import type { Sheet } from './sheets'

const AFFECTS = ['/api/v1/attendance', '/api/v1/compliance'] as const

/** Lock a sheet that is done, or open it again with a reason. */
export function LockSheet({ sheet, close }: { sheet: Sheet; close: () => void }) {
  const at = { params: { path: { session_id: sheet.session_id }, header: ifMatch(sheet) } }
  const name = `The sheet of session ${sheet.sequence}`
  const lock = useCommand(
    (_: undefined, headers) => api.POST('/api/v1/attendance/sheets/{session_id}/lock', { ...at, headers }),
    { affects: AFFECTS, done: () => `${name} is locked.` }
  )
  const unlock = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/attendance/sheets/{session_id}/unlock', { ...at, headers, body: { reason } }),
    { affects: AFFECTS, done: () => `${name} is open again.` }
  )
  const open = (sheet.counts.unmarked ?? 0) + (sheet.counts.checked_in ?? 0)
  if (sheet.state === 'locked') {
    return (
      <Confirm
        opened
        close={close}
        title={`Unlock the sheet of session ${sheet.sequence}?`}
        verb="Unlock sheet"
        busy={unlock.busy}
        reason
        confirm={unlock.run}
      >
        <Text size="sm">Its trainer can mark again. It locks by itself once more later.</Text>
      </Confirm>
    )
  }
  return (
    <Confirm
      opened
      close={close}
      title={`Lock the sheet of session ${sheet.sequence}?`}
      verb="Lock sheet"
      busy={lock.busy}
      confirm={() => lock.run(undefined)}
    >
      <Text size="sm">
        {open === 0
          ? 'Everybody is marked. After this a change needs the correction permission and a reason.'
          : `${counted(open, 'person is', 'people are')} not marked. They stay so and count as absent.`}
      </Text>
    </Confirm>
  )
}
