import { Button } from '@mantine/core'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { queries } from '~/api/client'
import { Empty } from '~/components/Empty'
import { Loaded } from '~/components/Loaded'
import { count, counted } from '~/words'
import { instant, relative } from '~/time'
import { Decide } from './Decide'
import { decisions, type Choice, type Decision } from './decisions'
import styles from './deadLetters.module.css'
import { Letters } from './Letters'
import { groupName, placeWords, type Group } from './names'
import { Sources } from './Sources'

type Open = { fingerprint: string | undefined; set: (fingerprint: string | undefined) => void }
type Asked = { decision: Decision; choice: Choice }

/** What failed alike, by reason and queue; each unfolds to its letters and is decided as a whole. */
export function Groups({ open }: { open: Open }) {
  const [asked, ask] = useState<Asked | null>(null)
  const groups = queries.useQuery('get', '/api/v1/dead-letters/groups')
  return (
    <Loaded of={groups}>
      {({ items, as_of, sources }) => (
        <>
          <Sources of={sources} />
          {items.length === 0 ? (
            <Empty>No dead letters. Nothing failed, or everything that did is done.</Empty>
          ) : (
            <ul className={styles.groups} aria-label="Groups of dead letters">
              {items.map((group) => (
                <Line
                  key={`${group.kind} ${group.fingerprint}`}
                  group={group}
                  open={open}
                  decide={(decision) => ask({ decision, choice: { fingerprint: group.fingerprint, until: as_of } })}
                />
              ))}
            </ul>
          )}
          {asked && <Decide {...asked} close={() => ask(null)} />}
        </>
      )}
    </Loaded>
  )
}

type LineOf = { group: Group; open: Open; decide: (decision: Decision) => void }

function Line({ group, open, decide }: LineOf) {
  const unfolded = open.fingerprint === group.fingerprint
  const { reason, queue } = groupName(group)
  const Arrow = unfolded ? ChevronDown : ChevronRight
  return (
    <li className={styles.group}>
      <div className={styles.line}>
        <button
          type="button"
          className={styles.unfold}
          aria-expanded={unfolded}
          onClick={() => open.set(unfolded ? undefined : group.fingerprint)}
        >
          <Arrow size={16} aria-hidden />
          <span>
            <b>{reason}</b>
            <span className="dimmed">
              {placeWords[group.kind].word} · {queue}
            </span>
          </span>
        </button>
        <span className="figures">
          {count(group.count)} dead{group.failing > 0 && `, ${count(group.failing)} still tried`}
        </span>
        <span className="dimmed" title={instant(group.first_at)}>
          oldest {relative(group.first_at)}
        </span>
        <span className={styles.acts}>
          {Object.values(decisions)
            .filter(({ act }) => group.actions.includes(act))
            .map((decision) => (
              <Button
                key={decision.act}
                size="xs"
                variant="default"
                aria-label={`${decision.verb} all: ${counted(group.count, 'dead letter')}, ${reason}`}
                onClick={() => decide(decision)}
              >
                {decision.verb} all
              </Button>
            ))}
        </span>
      </div>
      {unfolded && (
        <Letters
          label={`Dead letters: ${reason}`}
          filter={{ fingerprint: group.fingerprint }}
          empty={<Empty>Nothing of this group is left.</Empty>}
        />
      )}
    </li>
  )
}
