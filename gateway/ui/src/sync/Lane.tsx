import { Alert } from '@mantine/core'
import { queries } from '~/api/client'
import { instant } from '~/time'
import { plain } from '~/words'

/** Says so when nothing, or not everything, can be sent: held by a person, or a part of TPGateway that is away. */
export function Lane() {
  const { data } = queries.useQuery('get', '/api/v1/sync/status')
  const away = data?.breakers.filter(({ state }) => state !== 'closed') ?? []
  if (data === undefined || (!data.lane.held && away.length === 0)) return null
  return (
    <Alert
      color="bad"
      variant="outline"
      mb={12}
      title={data.lane.held ? 'Sending is held' : 'TPGateway is partly away'}
    >
      {data.lane.held && data.lane.held_at && `Since ${instant(data.lane.held_at)}: ${data.lane.held_cause}. `}
      {away.map(({ group, open_until }) => (
        <div key={group}>
          {plain(group)}: {open_until ? `tried again ${instant(open_until)}` : 'being tried'}
        </div>
      ))}
    </Alert>
  )
}
