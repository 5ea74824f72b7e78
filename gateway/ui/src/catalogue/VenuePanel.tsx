import { Group, Stack, Text, Title } from '@mantine/core'
import { useMay } from '~/access'
import { api, queries } from '~/api/client'
import { ifMatch } from '~/api/command'
import { Details } from '~/components/Details'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { catalogueLooks } from '~/status'
import { instant } from '~/time'
import { Retire } from './Retire'
import { VenueForm } from './VenueForm'
import { addressOf, missingParts, type Venue } from './venueValues'

/** One room beside the list: where it is, and a form over it for those who may change it. */
export function VenuePanel({ id, close }: { id: string; close: () => void }) {
  const venue = queries.useQuery('get', '/api/v1/venues/{venue_id}', { params: { path: { venue_id: id } } })
  return <Loaded of={venue}>{(data) => <Shown of={data} close={close} />}</Loaded>
}

function Shown({ of: venue, close }: { of: Venue; close: () => void }) {
  const writes = useMay()('courses:write')
  const missing = missingParts(venue)
  return (
    <Stack gap={16}>
      <Title order={2}>{venue.name}</Title>
      <Group gap={12}>
        <Status look={catalogueLooks[venue.status]} />
        {writes && venue.status === 'active' && (
          <Retire
            what="venue"
            name={venue.name}
            affects={['/api/v1/venues']}
            retire={(reason, headers) =>
              api.POST('/api/v1/venues/{venue_id}/retire', {
                params: { path: { venue_id: venue.id }, header: { ...headers, ...ifMatch(venue) } },
                body: { reason }
              })
            }
          />
        )}
      </Group>
      {missing.length > 0 && (
        <Text className="panel" size="sm">
          TPGateway asks for more of a place where people meet: {missing.join(', ')}.
        </Text>
      )}
      {writes ? (
        <VenueForm key={venue.status} venue={venue} close={close} saved={close} />
      ) : (
        <Properties
          of={[
            ['Address', addressOf(venue)],
            ['Room', venue.room],
            ['Capacity', venue.capacity],
            ['Wheelchair access', venue.wheelchair_access ? 'Yes' : 'No']
          ]}
        />
      )}
      <Details of={venue} also={[['Entered', instant(venue.created_at)]]} />
    </Stack>
  )
}
