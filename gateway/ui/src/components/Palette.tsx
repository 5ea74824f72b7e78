import '@mantine/spotlight/styles.css'
import { Button, Kbd } from '@mantine/core'
import { Spotlight, spotlight, type SpotlightActionData } from '@mantine/spotlight'
import { useRouter } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '~/access'
import { ID, TRACE_ID } from '~/api/ids'
import { groups } from '~/nav'

/** Ctrl+K: go to a page, or paste an id. */
export function Palette() {
  const router = useRouter()
  const may = useMay()
  const [typed, setTyped] = useState('')
  const pages: SpotlightActionData[] = groups
    .flatMap(({ entries }) => entries)
    .filter(({ permission }) => may(permission))
    .map(({ to, label, icon: Icon }) => ({
      id: to,
      label,
      leftSection: <Icon size={16} aria-hidden />,
      onClick: () => void router.navigate({ to })
    }))
  return (
    <>
      <Button
        variant="default"
        onClick={spotlight.open}
        leftSection={<Search size={14} aria-hidden />}
        rightSection={
          <Kbd visibleFrom="sm" aria-hidden>
            Ctrl K
          </Kbd>
        }
        aria-keyshortcuts="Control+K"
        fw={400}
        px={8}
      >
        Search
      </Button>
      <Spotlight
        actions={[...withId(typed.trim()), ...pages]}
        query={typed}
        onQueryChange={setTyped}
        nothingFound="Nothing has this name. Paste a whole correlation or trace id to find what it did."
        searchProps={{ placeholder: 'Go to a page, or paste an id', 'aria-label': 'Go to a page, or paste an id' }}
        shortcut="mod + K"
        attributes={{ content: { 'aria-label': 'Search' } }}
        highlightQuery
      />
    </>
  )

  function withId(text: string): SpotlightActionData[] {
    if (!ID.test(text) && !TRACE_ID.test(text)) return []
    const open = () => void router.navigate({ to: '/ids/$id', params: { id: text } })
    return [{ id: 'id', label: 'Everything with this id', keywords: [text], onClick: open }]
  }
}
