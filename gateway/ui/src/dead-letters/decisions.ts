import type { Permission } from '~/access'
import { api, type Schema } from '~/api/client'
import type { CommandHeaders } from '~/api/command'

/** Which letters are meant: some by their ids, or all that have something in common and were dead by `until`. */
export type Choice = { ids: string[] } | ({ until: string } & Alike)
export type Alike = { fingerprint?: string; service?: string; type?: string; aggid?: string }

export type Wish = { reason: string; rate: number; skip: boolean; dryRun?: boolean }

export type Decision = {
  act: 'replay' | 'discard'
  verb: string
  /** What it does, in the dialog. */
  says: string
  done: string
  destructive: boolean
  call: (choice: Choice, wish: Wish, headers?: CommandHeaders) => Promise<{ data?: Schema['Decided'] }>
}

export const AFFECTS = ['/api/v1/dead-letters', '/api/v1/consumers', '/api/v1/sync', '/api/v1/course-runs'] as const

/** Who may give up what; said where the role may not. */
export const DISCARDERS: { message: Permission; sync: Permission } = {
  message: 'messaging:operate',
  sync: 'sync:discard'
}

const UNLIMITED = { ids: null, fingerprint: null, type: null, aggid: null, service: null, until: null }

export const decisions: Record<Decision['act'], Decision> = {
  replay: {
    act: 'replay',
    verb: 'Replay',
    says: 'Each is tried again where it died, with a fresh series of attempts.',
    done: 'tried again',
    destructive: false,
    call: (choice, { reason, rate, dryRun = false }, headers) =>
      api.POST('/api/v1/dead-letters/replay', {
        body: { ...UNLIMITED, ...choice, dry_run: dryRun, reason, rate_per_s: rate },
        headers
      })
  },
  discard: {
    act: 'discard',
    verb: 'Discard',
    says: 'They are given up for good and never tried again.',
    done: 'discarded',
    destructive: true,
    call: (choice, { reason, skip, dryRun = false }, headers) =>
      api.POST('/api/v1/dead-letters/discard', {
        body: { ...UNLIMITED, ...choice, dry_run: dryRun, reason, skip },
        headers
      })
  }
}

/** A dry run: how many of which service it would be. */
export async function countOf({ call }: Decision, choice: Choice): Promise<Schema['Decided']> {
  const { data } = await call(choice, { reason: 'Counting before deciding', rate: 1, skip: false, dryRun: true })
  return data!
}
