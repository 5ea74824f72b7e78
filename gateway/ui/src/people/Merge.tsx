import { Button, Group, Modal, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, queries } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { ReasonField, useReason } from '~/components/Reason'
import { Status } from '~/components/Status'
import { severityLooks } from '~/status'
import { day, instant } from '~/time'
import { FindTrainee } from './FindTrainee'
import { idTypeWords, phoneWords, type Trainee } from './words'

/** Two records are one person: the other is found, both are compared, and one is chosen to live on. */
export function Merge({ trainee, close }: { trainee: Trainee; close: () => void }) {
  const [otherId, setOtherId] = useState<string | null>(null)
  return (
    <Modal
      opened
      onClose={close}
      title="Merge two records of one person"
      size="xl"
      attributes={{ header: { role: 'none' } }}
    >
      {otherId === null ? (
        <FindTrainee choose={setOtherId} except={trainee.id} />
      ) : (
        <Both trainee={trainee} otherId={otherId} close={close} another={() => setOtherId(null)} />
      )}
    </Modal>
  )
}

type Both = { trainee: Trainee; otherId: string; close: () => void; another: () => void }

function Both({ trainee, otherId, ...rest }: Both) {
  const other = queries.useQuery('get', '/api/v1/trainees/{trainee_id}', { params: { path: { trainee_id: otherId } } })
  return <Loaded of={other}>{(found) => <Choose pair={[trainee, found]} {...rest} />}</Loaded>
}

function Choose({ pair, close, another }: { pair: [Trainee, Trainee]; close: () => void; another: () => void }) {
  const navigate = useNavigate()
  const [intoId, setIntoId] = useState<string | null>(null)
  const [unsaid, setUnsaid] = useState(false)
  const reason = useReason()
  const merge = useCommand(
    ({ loser, into }: { loser: Trainee; into: Trainee }, headers) =>
      api.POST('/api/v1/trainees/{trainee_id}/merge', {
        params: { path: { trainee_id: loser.id }, header: { ...headers, ...ifMatch(loser) } },
        body: { into_id: into.id, reason: reason.text }
      }),
    {
      affects: ['/api/v1/trainees', '/api/v1/enrolments', '/api/v1/audit'],
      done: () => 'The two records are one.',
      // oxlint-disable-next-line unicorn/no-thenable
      then: (_, { into }) => {
        close()
        void navigate({ to: '/trainees/$traineeId', params: { traineeId: into.id } })
      }
    }
  )
  function go() {
    setUnsaid(intoId === null)
    const into = pair.find(({ id }) => id === intoId)
    const loser = pair.find(({ id }) => id !== intoId)
    if (reason.check() && into !== undefined && loser !== undefined) void merge.run({ loser, into })
  }
  return (
    <Stack gap={12}>
      <Radio.Group
        label="Which record lives on?"
        value={intoId}
        onChange={setIntoId}
        error={unsaid ? 'Choose one of the two.' : null}
      >
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={12} mt={8}>
          {pair.map((each, index) => (
            <div key={each.id} className="panel">
              <Radio value={each.id} label={index === 0 ? 'This record' : 'The other record'} mb={8} />
              <Record of={each} />
            </div>
          ))}
        </SimpleGrid>
      </Radio.Group>
      {pair[0].id_type === pair[1].id_type && pair[0].id_number !== pair[1].id_number && (
        <Text size="sm" role="status">
          <Status look={severityLooks.warn} /> Their ID numbers differ. Compare both with the identity document first.
        </Text>
      )}
      <Text size="sm">
        Places that are not history yet move to the record that lives on; confirmed ones are made anew at TPGateway. The
        other record stays to be read and takes no more changes. This cannot be undone.
      </Text>
      <ReasonField {...reason} />
      <Group justify="space-between" gap={8}>
        <Button variant="subtle" onClick={another}>
          Choose another
        </Button>
        <Group gap={8}>
          <Button variant="default" onClick={close} data-autofocus>
            Cancel
          </Button>
          <Button color="bad" loading={merge.busy} onClick={go}>
            Merge records
          </Button>
        </Group>
      </Group>
    </Stack>
  )
}

function Record({ of: trainee }: { of: Trainee }) {
  const query = { trainee_id: trainee.id, limit: 50 }
  const places = queries.useQuery('get', '/api/v1/enrolments', { params: { query } })
  const items = places.data?.items
  const more = places.data?.next_cursor ? ' or more' : ''
  return (
    <Properties
      of={[
        ['Name', trainee.full_name],
        ['ID', `${idTypeWords[trainee.id_type]} ${trainee.id_number}`],
        ['Born', trainee.born_on === null ? null : day(trainee.born_on)],
        ['Email', trainee.email],
        ['Phone', phoneWords(trainee.phone)],
        ['Enrolments', items === undefined ? '…' : `${items.length}${more}`],
        ['Entered', instant(trainee.created_at)]
      ]}
    />
  )
}
