import { List, Text } from '@mantine/core'
import { Loaded } from '~/components/Loaded'
import { Section } from '~/components/Section'
import { counted } from '~/words'
import type { Batch, Kind } from './kinds'
import { LeftOut } from './LeftOut'
import { columnWords, repairs, rowWords, type Repair } from './problems'
import { leftOut, useLeftOut } from './reading'

/** What stands in the way of rows, grouped by the repair that would mend them. */
export function Problems({ kind, batch }: { kind: Kind; batch: Batch }) {
  const reading = useLeftOut(kind, batch)
  if (leftOut(kind, batch).length === 0) return null
  return (
    <Section title="What to mend" right={<LeftOut kind={kind} batch={batch} />}>
      <Loaded of={reading}>{({ rows, whole }) => <Repairs of={repairs(rows)} whole={whole} />}</Loaded>
    </Section>
  )
}

function Repairs({ of: found, whole }: { of: Repair[]; whole: boolean }) {
  return (
    <>
      <List aria-label="Problems by repair" spacing={8} listStyleType="none">
        {found.map(({ field, code, message, same, fix, rows }) => (
          <List.Item key={`${field} ${code} ${fix}`}>
            <b>{counted(rows.length, 'row')}</b> · {columnWords(field)}: {same && message} {fix}
            {!same && ` Such as: ${message}`}
            <Text size="sm" c="dimmed">
              {rowWords(rows)}
            </Text>
          </List.Item>
        ))}
      </List>
      {!whole && (
        <Text size="sm" c="dimmed" mt={8}>
          More rows are left out than are read here; the download has them all.
        </Text>
      )}
    </>
  )
}
