import { useQuery } from '@tanstack/react-query'
import { sheetOptions, type Sheet } from './sheets'

/** A session by its id, as its sheet tells of it; undefined before the sheet opens. */
export function useSession(sessionId: string): Sheet | undefined {
  return useQuery({ ...sheetOptions(sessionId), retry: false }).data
}
