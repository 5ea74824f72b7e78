import { Group, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A part of a page, with a heading and perhaps something to its right. */
export function Section({ title, right, children }: { title: string; right?: ReactNode; children: ReactNode }) {
  return (
    <section className="panel" style={{ marginBottom: 16 }}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{title}</Title>
        {right}
      </Group>
      {children}
    </section>
  )
}
