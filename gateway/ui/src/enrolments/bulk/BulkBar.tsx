import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { asProblem } from '~/api/problem'
import { tellProblem } from '~/components/notices'
import { instant, isoNow } from '~/time'
import { count } from '~/words'
import { moves } from '../moves'
import { BulkDialog } from './BulkDialog'
import { allThatMatch } from './counting'

const ACTIONS = ['confirm', 'cancel', 'withdraw'] as const

export type Chosen = { ids: readonly string[]; asOf: string | null }

type Props = {
  /** The page's filters: what "all that match" means. */
  query: object
  shown: number
  more: boolean
  chosen: Chosen
  set: (chosen: Chosen) => void
}

/** What is selected, the way to all that match, and what to do with them. */
export function BulkBar({ query, shown, more, chosen: { ids, asOf }, set }: Props) {
  const [found, setFound] = useState<number | null>(null)
  const [asked, setAsked] = useState<{ action: string; ids: readonly string[] } | null>(null)
  async function all() {
    setFound(0)
    try {
      set({ ids: await allThatMatch(query, setFound), asOf: isoNow() })
    } catch (error) {
      tellProblem(asProblem(error))
    } finally {
      setFound(null)
    }
  }
  if (ids.length === 0) return null
  return (
    <Can do="enrolments:write">
      <Group component="section" aria-label="Selection" className="panel" gap={8} mb={8}>
        <Text role="status" fw={600}>
          {count(ids.length)} selected
          {asOf !== null && `, all that matched at ${instant(asOf)}`}
        </Text>
        {asOf === null && (more || ids.length < shown) && (
          <Button size="xs" variant="subtle" loading={found !== null} onClick={() => void all()}>
            Select all that match
          </Button>
        )}
        {found !== null && <Text size="sm">{count(found)} found</Text>}
        <Button size="xs" variant="subtle" onClick={() => set({ ids: [], asOf: null })}>
          Clear selection
        </Button>
        {ACTIONS.map((action) => (
          <Button key={action} size="xs" variant="default" onClick={() => setAsked({ action, ids })}>
            {moves[action]!.verb}
          </Button>
        ))}
      </Group>
      {asked !== null && (
        <BulkDialog
          key={`${asked.action} ${asked.ids.length}`}
          {...asked}
          close={() => setAsked(null)}
          again={(rest) => setAsked({ ...asked, ids: rest })}
        />
      )}
    </Can>
  )
}
