import { Group, Title } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'

type Header = {
  title: string
  /** Beside the title: states, counts. */
  beside?: ReactNode
  /** Below the title: one dimmed line. */
  below?: ReactNode
  /** To the right: the page's actions. */
  children?: ReactNode
}

/** The page's h1: it names the browser tab and takes the focus when the route changes. */
export function PageHeader({ title, beside, below, children }: Header) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <Group component="header" justify="space-between" align="flex-start" mb={16} gap={12}>
      <title>{`${title} · Training operations`}</title>
      <div>
        <Group gap={12}>
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {beside}
        </Group>
        {below !== undefined && <div className="dimmed">{below}</div>}
      </div>
      <Group gap={8}>{children}</Group>
    </Group>
  )
}
