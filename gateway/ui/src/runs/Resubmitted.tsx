import { Text } from '@mantine/core'
import { useMay } from '~/access'
import { queries } from '~/api/client'
import { Moment } from '~/components/Moment'
import { instant, isoNow } from '~/time'
import { counted } from '~/words'
import type { Run } from './actions'

/** Before something TPGateway holds is changed: what it will be told anew, and by when it is owed there. */
export function Resubmitted({ run }: { run: Run }) {
  const may = useMay()
  const record = queries.useQuery(
    'get',
    '/api/v1/sync/records/{record_type}/{record_id}',
    { params: { path: { record_type: 'run', record_id: run.id }, query: { limit: 1 } } },
    { enabled: may('sync:view') && run.sync.remote_id !== null, staleTime: 0 }
  )
  if (run.sync.remote_id === null) return null
  const named = run.sessions.filter(({ status, remote_id }) => status !== 'cancelled' && remote_id !== null)
  const due = next(record.data?.duties.map(({ due_at }) => due_at) ?? [])
  return (
    <div className="panel" role="note" data-reading={record.isLoading || undefined}>
      <Text size="sm">
        TPGateway holds this as run {run.sync.remote_id} with {counted(named.length, 'session')}. The change is
        submitted again
        {due ? (
          <>
            , owed there by <Moment at={due} words={instant} />.
          </>
        ) : (
          '.'
        )}
      </Text>
    </div>
  )
}

/** The first of these instants that lies ahead. */
function next(instants: readonly string[]): string | undefined {
  const now = isoNow()
  return instants.filter((at) => at > now).toSorted()[0]
}
