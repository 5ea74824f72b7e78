import { Text } from '@mantine/core'
import type { Schema } from '~/api/client'

const FORBIDDEN = 403
const whatWords: Record<string, string> = { messaging: 'messages', sync_jobs: 'submissions' }

type Told = { status?: number; detail?: string }

/** Names what the list cannot hold now: places that are away, and those the role may not see. */
export function Sources({ of: sources }: { of: readonly Schema['Source'][] }) {
  const missing = sources.filter(({ ok }) => !ok).map((source) => ({ ...source, error: source.error as Told | null }))
  const closed = missing.filter(({ error }) => error?.status === FORBIDDEN)
  const away = missing.filter(({ error }) => error?.status !== FORBIDDEN)
  return (
    <>
      {away.map(({ service, what, error }) => (
        <Text key={`${service} ${what}`} size="sm" c="var(--bad-text)" role="status" mb={8}>
          The {whatWords[what] ?? what} of {service} are missing: {error?.detail ?? 'it could not be asked.'}
        </Text>
      ))}
      {closed.length > 0 && (
        <Text size="sm" c="dimmed" mb={8}>
          Not shown to your roles: {[...new Set(closed.map(({ what }) => whatWords[what] ?? what))].join(' and ')}{' '}
          {closed.length > 1 && 'between the services'}. It needs the permission{' '}
          {closed.some(({ what }) => what === 'messaging') ? 'messaging:view' : 'sync:view'}.
        </Text>
      )}
    </>
  )
}
