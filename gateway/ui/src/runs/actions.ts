import type { Permission } from '~/access'
import { api, type Schema } from '~/api/client'
import { ifMatch, type CommandHeaders } from '~/api/command'

export type Run = Schema['RunDetail']
export type Wish = { reason?: string }

/** What a change of a run may outdate. */
export const AFFECTS = ['/api/v1/course-runs', '/api/v1/compliance', '/api/v1/sync'] as const

/** What can be done to a run from its page. Whether it may be now, and why not, the run itself says. */
export type RunAction = {
  /** The API's own name for it, in `allowed_actions`. */
  name: string
  permission: Permission
  verb: string
  destructive?: boolean
  /** It changes what TPGateway may hold already. */
  resubmitted?: boolean
  /** Whether the domain asks why, for this run. */
  reason: (run: Run) => boolean
  /** What will happen, in a sentence. */
  what: string
  done: string
  call: (run: Run, wish: Wish, headers: CommandHeaders) => Promise<{ data?: Run }>
}

const at = (run: Run, headers: CommandHeaders) => ({
  params: { path: { run_id: run.id }, header: ifMatch(run) },
  headers
})
const always = () => true
const never = () => false
const tooFew = (run: Run) => run.registered_count < run.min_pax
const stillOwed = (run: Run) => run.sync.state !== 'synced' && run.sync.state !== 'not_applicable'
const because = (wish: Wish) => ({ reason: wish.reason ?? '' })

export const runActions: readonly RunAction[] = [
  {
    name: 'publish',
    permission: 'runs:write',
    verb: 'Publish run',
    reason: never,
    what: 'It opens for registration and is submitted to TPGateway.',
    done: 'is published; its submission is on the way.',
    call: (run, _, headers) => api.POST('/api/v1/course-runs/{run_id}/publish', at(run, headers))
  },
  {
    name: 'confirm',
    permission: 'runs:write',
    verb: 'Confirm run',
    reason: tooFew,
    what: 'It will take place.',
    done: 'is confirmed.',
    call: (run, { reason }, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/confirm', {
        ...at(run, headers),
        body: { override: tooFew(run), reason: reason ?? null }
      })
  },
  {
    name: 'close',
    permission: 'runs:write',
    verb: 'Close run',
    reason: stillOwed,
    what: 'Nothing is owed for it any more.',
    done: 'is closed.',
    call: (run, { reason }, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/close', {
        ...at(run, headers),
        body: { waive: stillOwed(run), reason: reason ?? null }
      })
  },
  {
    name: 'reopen',
    permission: 'runs:reopen',
    verb: 'Reopen run',
    reason: always,
    what: 'It goes back to ended, for a correction.',
    done: 'is open for corrections.',
    call: (run, wish, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/reopen', { ...at(run, headers), body: because(wish) })
  },
  {
    name: 'cut_short',
    permission: 'runs:override',
    verb: 'Cut run short',
    destructive: true,
    resubmitted: true,
    reason: always,
    what: 'It ends now; its sessions ahead are cancelled, and funding is judged on those that were held.',
    done: 'has ended; its sessions ahead are cancelled.',
    call: (run, wish, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/cut-short', { ...at(run, headers), body: because(wish) })
  },
  {
    name: 'cancel',
    permission: 'runs:write',
    verb: 'Cancel run',
    destructive: true,
    resubmitted: true,
    reason: always,
    what: 'Its enrolments and sessions are cancelled with it, and TPGateway is told.',
    done: 'is cancelled.',
    call: (run, wish, headers) =>
      api.POST('/api/v1/course-runs/{run_id}/cancel', { ...at(run, headers), body: because(wish) })
  },
  {
    name: 'discard',
    permission: 'runs:write',
    verb: 'Discard draft',
    destructive: true,
    reason: never,
    what: 'The draft is thrown away; people and rooms are free again.',
    done: 'is discarded.',
    call: (run, _, headers) => api.POST('/api/v1/course-runs/{run_id}/discard', { ...at(run, headers), body: {} })
  }
]

/** Why the API would refuse this now, in its own words; null when it would not. */
export function whyNot(run: Run, name: string): string | null {
  const told = run.allowed_actions.find(({ action }) => action === name)
  if (told === undefined) return 'The server does not offer this.'
  return told.allowed ? null : (told.reason ?? 'Not now.')
}
