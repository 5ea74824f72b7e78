import { Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState, useSyncExternalStore } from 'react'
import { Loaded } from '~/components/Loaded'
import { Moment } from '~/components/Moment'
import styles from './conflicts.module.css'
import { readNow, type Conflict } from './conflict'
import { differences, told, type Difference, type Fields } from './differences'

/** For each field that was wanted: whose value it is to be. */
export type Choices = Record<string, 'mine' | 'theirs'>

type Comparison = {
  conflict: Conflict
  /** Puts what was chosen back into the form, with the record as it is now; without it there is nothing to choose. */
  settle?: (chosen: Fields, now: Fields) => void
}

let shown: Comparison | null = null
const watchers = new Set<() => void>()

/** Show what changed in a record since the person saw it. */
export function compare(comparison: Comparison): void {
  show(comparison)
}

function show(next: Comparison | null): void {
  shown = next
  watchers.forEach((watcher) => watcher())
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Stands once in the shell and opens when a notice asks to compare. */
export function Comparing() {
  const comparison = useSyncExternalStore(watch, () => shown)
  if (comparison === null) return null
  return (
    <Modal opened onClose={() => show(null)} title="What changed" size="xl" attributes={{ header: { role: 'none' } }}>
      <Compared {...comparison} close={() => show(null)} />
    </Modal>
  )
}

function Compared({ conflict, settle, close }: Comparison & { close: () => void }) {
  const { path, before, wanted } = conflict
  const now = useQuery({ queryKey: ['compare', path], queryFn: () => readNow(path), staleTime: 0, gcTime: 0 })
  return (
    <Loaded of={now}>
      {(record) => (
        <Differences
          found={differences(before, record, wanted)}
          now={record}
          settle={settle && ((chosen) => (settle(chosen, record), close()))}
          close={close}
        />
      )}
    </Loaded>
  )
}

type DifferencesOf = {
  found: Difference[]
  now: Fields
  settle: ((chosen: Fields) => void) | undefined
  close: () => void
}

function Differences({ found, now, settle, close }: DifferencesOf) {
  const asked = found.filter((one) => 'wanted' in one)
  const [choices, choose] = useState<Choices>({})
  const chosen = Object.fromEntries(
    asked.map(({ path, wanted, now: theirs }) => [path, choices[path] === 'theirs' ? theirs : wanted])
  )
  return (
    <Stack gap={12}>
      <Text size="sm">
        Somebody else changed this after it was shown to you
        {typeof now.updated_at === 'string' && (
          <>
            , <Moment at={now.updated_at} />
          </>
        )}
        . Nothing of yours was kept. The page shows it as it is now.
      </Text>
      {found.length === 0 ? (
        <Text size="sm">No field you can see is another than before.</Text>
      ) : (
        <Table found={found} asked={asked.length > 0} choices={settle && choices} choose={choose} />
      )}
      <Group justify="flex-end" gap={8}>
        {settle && asked.length > 0 ? (
          <>
            <Button variant="default" onClick={close}>
              Take theirs
            </Button>
            <Button onClick={() => settle(chosen)}>Put back what I chose</Button>
          </>
        ) : (
          <Button onClick={close}>Close</Button>
        )}
      </Group>
    </Stack>
  )
}

type TableOf = { found: Difference[]; asked: boolean; choices: Choices | undefined; choose: (choices: Choices) => void }

function Table({ found, asked, choices, choose }: TableOf) {
  return (
    // A part that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={styles.scroller} role="region" aria-label="Field by field" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">You saw</th>
            <th scope="col">Now</th>
            {asked && <th scope="col">You wanted</th>}
            {choices && <th scope="col">Keep</th>}
          </tr>
        </thead>
        <tbody>
          {found.map((one) => (
            <tr key={one.path}>
              <th scope="row">{one.label}</th>
              <td>{told(one.before)}</td>
              <td>{told(one.now)}</td>
              {asked && <td>{'wanted' in one ? told(one.wanted) : '–'}</td>}
              {choices && (
                <td>
                  {'wanted' in one && (
                    <SegmentedControl
                      size="xs"
                      aria-label={`Whose ${one.label.toLowerCase()}`}
                      data={[
                        { value: 'mine', label: 'Mine' },
                        { value: 'theirs', label: 'Theirs' }
                      ]}
                      value={choices[one.path] ?? 'mine'}
                      onChange={(whose) => choose({ ...choices, [one.path]: whose as 'mine' })}
                    />
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
