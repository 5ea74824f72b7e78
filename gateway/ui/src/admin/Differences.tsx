import { Text } from '@mantine/core'
import type { Difference } from './reach'
import { permissionName, reachWords } from './words'

/** What a change of roles gives and takes, in words. */
export function Differences({ of: differences }: { of: readonly Difference[] }) {
  const gained = differences.filter(({ before }) => before === undefined)
  const lost = differences.filter(({ after }) => after === undefined)
  const moved = differences.filter(({ before, after }) => before !== undefined && after !== undefined)
  if (differences.length === 0) return <Text size="sm">What they may do stays the same.</Text>
  return (
    <>
      <Part title="May from now on" of={gained.map(({ permission, after }) => said(permission, after))} />
      <Part title="May no longer" of={lost.map(({ permission }) => permissionName(permission))} />
      <Part
        title="Reaches otherwise"
        of={moved.map(
          ({ permission, before, after }) =>
            `${permissionName(permission)}: ${reachWords[before!]}, from now on ${reachWords[after!]}`
        )}
      />
    </>
  )
}

function Part({ title, of: lines }: { title: string; of: string[] }) {
  if (lines.length === 0) return null
  return (
    <section aria-label={title}>
      <Text size="sm" fw={600} mt={8}>
        {title}
      </Text>
      <ul style={{ margin: 0, paddingLeft: 20, fontSize: 13 }}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  )
}

export function said(permission: string, reach: string | undefined): string {
  return reach === undefined || reach === 'all'
    ? permissionName(permission)
    : `${permissionName(permission)} (${reachWords[reach] ?? reach})`
}
