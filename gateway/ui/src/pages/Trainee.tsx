import { Button, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useParams } from '@tanstack/react-router'
import { Can, useMay } from '~/access'
import { api, queries } from '~/api/client'
import { Details } from '~/components/Details'
import { Go, GoButton } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Properties } from '~/components/Properties'
import { Reveal } from '~/components/Reveal'
import { Section } from '~/components/Section'
import { EditTrainee } from '~/people/EditTrainee'
import { Erasure } from '~/people/Erasure'
import { History } from '~/people/History'
import { Merge } from '~/people/Merge'
import { Places } from '~/people/Places'
import { idTypeWords, languageWords, phoneWords, precisionWords, type Trainee } from '~/people/words'
import { day, instant } from '~/time'

export function Page() {
  const { traineeId } = useParams({ from: '/shell/trainees/$traineeId' })
  const params = { path: { trainee_id: traineeId } }
  const trainee = queries.useQuery('get', '/api/v1/trainees/{trainee_id}', { params })
  return <Loaded of={trainee}>{(data) => <Person key={data.id} trainee={data} />}</Loaded>
}

function Person({ trainee }: { trainee: Trainee }) {
  const may = useMay()
  const stands = !trainee.erased && trainee.merged_into === null
  return (
    <>
      {/* The name stands beside the heading: a heading names the browser's tab, and that is no place for a person. */}
      <PageHeader title="Trainee" beside={<span>{trainee.full_name}</span>}>
        {stands && <Actions trainee={trainee} />}
      </PageHeader>
      {trainee.merged_into !== null && (
        <div className="panel" role="status" style={{ marginBottom: 16 }}>
          This record lives on in{' '}
          <Go to="/trainees/$traineeId" params={{ traineeId: trainee.merged_into }}>
            another one
          </Go>
          .
        </div>
      )}
      <Section title="Person">
        <Stack gap={16}>
          <Properties of={properties(trainee)} />
          <Details of={trainee} also={[['Entered', instant(trainee.created_at)]]} />
        </Stack>
      </Section>
      {may('enrolments:view') && (
        <Section title="Enrolments">
          <Places traineeId={trainee.id} />
        </Section>
      )}
      {may('trainees:erase') && trainee.merged_into === null && (
        <Section title="Erasure">
          <Erasure trainee={trainee} />
        </Section>
      )}
      {may('audit:read') && (
        <Section title="Who looked and what changed">
          <History traineeId={trainee.id} />
        </Section>
      )}
    </>
  )
}

function Actions({ trainee }: { trainee: Trainee }) {
  const [editing, edit] = useDisclosure()
  const [merging, merge] = useDisclosure()
  return (
    <>
      <Can do="trainees:write">
        <Button variant="default" onClick={merge.open}>
          Merge
        </Button>
        <Button variant="default" onClick={edit.open}>
          Edit
        </Button>
        {editing && <EditTrainee trainee={trainee} close={edit.close} />}
        {merging && <Merge trainee={trainee} close={merge.close} />}
      </Can>
      <Can do="enrolments:write">
        <GoButton to="/enrolments/new" search={{ trainee_id: trainee.id }}>
          Enrol
        </GoButton>
      </Can>
    </>
  )
}

function properties(trainee: Trainee): ReadonlyArray<readonly [string, React.ReactNode]> {
  if (trainee.erased) {
    return [
      ['Name', trainee.full_name],
      ['ID type', idTypeWords[trainee.id_type]],
      ['Erased', trainee.erased_at ? instant(trainee.erased_at) : null]
    ]
  }
  return [
    ['ID', <Number key="id" of={trainee} />],
    ['ID type', idTypeWords[trainee.id_type]],
    ['Born', trainee.born_on === null ? null : `${day(trainee.born_on)}${precisionNote(trainee)}`],
    ['Email', trainee.email],
    ['Phone', phoneWords(trainee.phone)],
    ['Survey language', languageWords[trainee.survey_language]]
  ]
}

/** The masked ID number, for a minute whole. */
function Number({ of: trainee }: { of: Trainee }) {
  return (
    <Reveal
      masked={trainee.id_number}
      permission="trainees:reveal"
      read={(reason, headers) =>
        api.POST('/api/v1/trainees/{trainee_id}/reveal', {
          params: { path: { trainee_id: trainee.id } },
          headers,
          body: { reason }
        })
      }
    />
  )
}

function precisionNote({ birth_precision }: Trainee): string {
  return birth_precision === 'day' ? '' : ` (the document shows: ${precisionWords[birth_precision].toLowerCase()})`
}
