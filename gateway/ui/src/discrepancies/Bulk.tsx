import { Button, List, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { counted } from '~/words'
import { actionWords, BULK_ACTIONS, codeWords, refusalWords, type Action } from './codes'
import { AFFECTS } from './Repair'

type Filter = Schema['DiscrepancyFilterWish']
type Props = { filter: Filter; follow: (bulkId: string | undefined) => void }

/** Decide all that match, not only what is on the page: carried out and undone first, then meant. */
export function Bulk({ filter, follow }: Props) {
  const [opened, open] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => open(true)}>
        Repair all that match
      </Button>
      {opened && <Ask filter={filter} follow={follow} close={() => open(false)} />}
    </>
  )
}

function Ask({ filter, follow, close }: Props & { close: () => void }) {
  const [action, choose] = useState<Action>('push')
  const counting = useQuery({
    // Under a name of its own: the set that was counted is the set that is meant.
    queryKey: ['count', filter, action],
    queryFn: async () =>
      (
        await api.POST('/api/v1/sync/discrepancies/resolve', {
          body: { filter, action, reason: 'Counting before deciding', dry_run: true }
        })
      ).data!,
    staleTime: Infinity,
    gcTime: 0,
    retry: false
  })
  const words = actionWords[action]
  const command = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/sync/discrepancies/resolve', {
        body: { filter, action, reason, dry_run: false, confirm: counting.data?.matching ?? 0 },
        headers
      }),
    {
      affects: AFFECTS,
      done: ({ decided }) => `${counted(decided, 'discrepancy', 'discrepancies')}: ${words.verb.toLowerCase()}.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: ({ bulk_id }) => follow(bulk_id ?? undefined),
      failed: (problem) => {
        // So many match no longer: show how many do, and let the person decide anew.
        if (problem.code === 'bulk_moved') void counting.refetch()
      }
    }
  )
  const decidable = counting.data?.decidable ?? 0
  const verb = `${words.verb}: ${counted(decidable, 'discrepancy', 'discrepancies')}`
  return (
    <Confirm
      opened
      close={close}
      title="Repair all that match"
      verb={verb}
      destructive={words.destructive}
      busy={command.busy}
      ready={decidable > 0 && !counting.isFetching}
      reason
      confirm={command.run}
    >
      <Stack gap={12}>
        <Select
          label="What to do"
          data={BULK_ACTIONS.map((value) => ({ value, label: actionWords[value].verb }))}
          value={action}
          allowDeselect={false}
          onChange={(next) => next !== null && choose(next as Action)}
        />
        <Loaded of={counting}>{(found) => <Counted of={found} />}</Loaded>
      </Stack>
    </Confirm>
  )
}

function Counted({ of: found }: { of: Schema['BulkResolutionView'] }) {
  return (
    <Stack gap={8}>
      <Text size="sm">
        {counted(found.matching, 'discrepancy matches', 'discrepancies match')}; this mends {found.decidable}.
      </Text>
      {found.undecided.length > 0 && (
        <List size="sm" aria-label="Not decided this way">
          {found.undecided.map(({ code, reason, count, actions }) => (
            <List.Item key={`${code} ${reason}`}>
              {codeWords[code].word}, {count}: {refusalWords[reason] ?? reason}
              {actions.length > 0 &&
                `; possible: ${actions.map((each) => actionWords[each].verb.toLowerCase()).join(', ')}`}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  )
}
