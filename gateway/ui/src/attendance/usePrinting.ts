import { api } from '~/api/client'
import { useCommand } from '~/api/command'
import type { Summary } from './sheets'

/** The sheet on paper, as a file: a link could not carry who is asking. */
export function usePrinting({ session_id, sequence }: Summary) {
  const params = { path: { session_id } }
  return useCommand(
    (_: null, headers) =>
      api.GET('/api/v1/attendance/sheets/{session_id}/pdf', { params, headers, parseAs: 'blob' }) as Promise<{
        data?: Blob
      }>,
    {
      affects: [],
      done: () => `The sheet of session ${sequence} is downloaded.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: (file) => save(file, `attendance-session-${sequence}.pdf`)
    }
  )
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
