import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

/** Nothing to show: why, and the next step. "Nothing yet" and "nothing matches" are two sentences. */
export function Empty({ children, next }: { children: ReactNode; next?: ReactNode }) {
  return (
    <Stack gap={8} align="flex-start" py={24}>
      <Text c="dimmed">{children}</Text>
      {next}
    </Stack>
  )
}
