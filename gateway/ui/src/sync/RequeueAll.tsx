import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { api, queries, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { Loaded } from '~/components/Loaded'
import { counted } from '~/words'

type Filter = Schema['TpgSyncBulkWish']['filter']

/** Queue again all that match the filter, not only what is on the page: counted first, then done. */
export function RequeueAll({ filter }: { filter: Filter }) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        Queue all again
      </Button>
      {opened && <Ask filter={filter} close={close} />}
    </>
  )
}

function Ask({ filter, close }: { filter: Filter; close: () => void }) {
  const dryRun = { filter, dry_run: true, reason: 'Counting before deciding' }
  const counting = queries.useQuery('post', '/api/v1/sync/jobs/requeue', { body: dryRun }, { staleTime: 0, gcTime: 0 })
  const requeue = useCommand(
    (reason: string, headers) =>
      api.POST('/api/v1/sync/jobs/requeue', { body: { filter, dry_run: false, reason }, headers }),
    {
      affects: ['/api/v1/sync', '/api/v1/dead-letters'],
      done: ({ requeued }) => `${counted(requeued, 'submission')} queued again.`
    }
  )
  const matching = counting.data?.matching ?? 0
  return (
    <Confirm
      opened
      close={close}
      title={`Queue ${counted(matching, 'submission')} again?`}
      verb={`Queue ${counted(matching, 'submission')} again`}
      busy={requeue.busy || counting.isPending}
      reason
      confirm={requeue.run}
    >
      <Loaded of={counting}>
        {() => <Text size="sm">Each is read anew from its record and sent with a fresh series of attempts.</Text>}
      </Loaded>
    </Confirm>
  )
}
