import { Drawer } from '@mantine/core'
import { useState, type ReactNode } from 'react'

type SidePanel = {
  /** What kind of thing it shows: "Enrolment". */
  title: string
  opened: boolean
  close: () => void
  /** Holds tables. */
  wide?: boolean
  /** Drawn only while it is open. */
  children: ReactNode
}

/**
 * One record beside the list it was chosen from; Esc closes it, and focus returns to the list. A click beside it closes
 * it too, until something was typed in it: that is not lost by a slip of the hand.
 */
export function SidePanel({ title, opened, close, wide = false, children }: SidePanel) {
  const [typed, setTyped] = useState(false)
  return (
    <Drawer
      opened={opened}
      onClose={close}
      closeOnClickOutside={!typed}
      onInput={() => setTyped(true)}
      onExitTransitionEnd={() => setTyped(false)}
      position="right"
      size={wide ? 640 : 560}
      title={title}
      // The page has a banner already; the panel's head is not another.
      attributes={{ header: { role: 'none' } }}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {children}
    </Drawer>
  )
}
