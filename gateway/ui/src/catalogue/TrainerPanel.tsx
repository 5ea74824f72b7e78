import { Group, Stack, Title } from '@mantine/core'
import { useMay } from '~/access'
import { api, queries } from '~/api/client'
import { ifMatch } from '~/api/command'
import { CopyId } from '~/components/CopyId'
import { Details } from '~/components/Details'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Reveal } from '~/components/Reveal'
import { Status } from '~/components/Status'
import { catalogueLooks } from '~/status'
import { instant } from '~/time'
import { roleWords } from '~/words'
import { Retire } from './Retire'
import { TrainerForm } from './TrainerForm'
import { idTypeWords, salutationWords, type Trainer } from './trainerValues'

/** One person beside the list: the masked number with its reveal, and a form for those who may change them. */
export function TrainerPanel({ id, close }: { id: string; close: () => void }) {
  const trainer = queries.useQuery('get', '/api/v1/trainers/{trainer_id}', { params: { path: { trainer_id: id } } })
  return <Loaded of={trainer}>{(data) => <Shown of={data} close={close} />}</Loaded>
}

function Shown({ of: trainer, close }: { of: Trainer; close: () => void }) {
  const writes = useMay()('trainers:write')
  return (
    <Stack gap={16}>
      <Title order={2}>{trainer.name}</Title>
      <Group gap={12}>
        <Status look={catalogueLooks[trainer.status]} />
        {writes && trainer.status === 'active' && (
          <Retire
            what="trainer"
            name={trainer.name}
            affects={['/api/v1/trainers']}
            retire={(reason, headers) =>
              api.POST('/api/v1/trainers/{trainer_id}/retire', {
                params: { path: { trainer_id: trainer.id }, header: { ...headers, ...ifMatch(trainer) } },
                body: { reason }
              })
            }
          />
        )}
      </Group>
      <Properties of={[['ID', <Number key="id" of={trainer} />], ...(writes ? [] : properties(trainer))]} />
      {writes && <TrainerForm key={trainer.status} trainer={trainer} close={close} saved={close} />}
      <Details of={trainer} also={[['Entered', instant(trainer.created_at)]]} />
    </Stack>
  )
}

function Number({ of: trainer }: { of: Trainer }) {
  return (
    <Reveal
      masked={trainer.id_number}
      permission="trainers:reveal"
      read={(reason, headers) =>
        api.POST('/api/v1/trainers/{trainer_id}/reveal', {
          params: { path: { trainer_id: trainer.id } },
          headers,
          body: { reason }
        })
      }
    />
  )
}

function properties(trainer: Trainer): ReadonlyArray<readonly [string, React.ReactNode]> {
  return [
    ['ID type', idTypeWords[trainer.id_type]],
    ['Email', trainer.email],
    ['Roles', roleWords(trainer.roles)],
    ['At TPGateway', trainer.existing ? 'Known there already' : 'New there'],
    ['Account', trainer.user_id && <CopyId key="account" id={trainer.user_id} label="account id" />],
    ['Salutation', trainer.salutation && salutationWords[trainer.salutation]],
    ['Area of practice', trainer.domain_area_of_practice],
    ['Experience', trainer.experience],
    ['LinkedIn', trainer.linkedin_url],
    ['Qualifications', trainer.qualifications.map(({ code, description }) => `${code} ${description}`).join('; ')]
  ]
}
