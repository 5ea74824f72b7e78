import { Group, Title } from '@mantine/core'
import { useEffect, useRef, type ReactNode } from 'react'
import styles from './PageHeader.module.css'

type Header = {
  title: string
  /** Beside the title: states, counts. */
  beside?: ReactNode
  /** Below the title: one dimmed line, whose room is kept while it is empty. */
  below?: ReactNode
  /** To the right, on a phone below: the page's actions. They come with the record they act on. */
  children?: ReactNode
}

/** The page's h1: it names the browser tab and takes the focus when the route changes. */
export function PageHeader({ title, beside, below, children }: Header) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <header className={styles.header}>
      <title>{`${title} · Training operations`}</title>
      <div className={styles.told}>
        <Group gap={12}>
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {beside}
        </Group>
        {below !== undefined && <div className={styles.below}>{below}</div>}
      </div>
      <div className={styles.actions}>{children}</div>
    </header>
  )
}
