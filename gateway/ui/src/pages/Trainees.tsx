import { Button, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Empty } from '~/components/Empty'
import { Go, GoButton } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import { LookUp } from '~/people/LookUp'
import { NewTrainee } from '~/people/NewTrainee'
import { idTypeWords, phoneWords, type Trainee } from '~/people/words'
import { DataTable, type Column } from '~/table/DataTable'
import { day, dayOf } from '~/time'

const columns: readonly Column<Trainee>[] = [
  {
    id: 'name',
    head: 'Name',
    cell: (trainee) => (
      <Go to="/trainees/$traineeId" params={{ traineeId: trainee.id }}>
        {trainee.full_name}
      </Go>
    )
  },
  { id: 'number', head: 'ID', width: '112px', cell: ({ id_number }) => id_number },
  { id: 'type', head: 'ID type', width: '96px', cell: ({ id_type }) => idTypeWords[id_type] },
  { id: 'born', head: 'Born', width: '112px', cell: ({ born_on }) => (born_on === null ? '–' : day(born_on)) },
  { id: 'email', head: 'Email', cell: ({ email }) => email ?? '–' },
  { id: 'phone', head: 'Phone', width: '160px', cell: ({ phone }) => phoneWords(phone) ?? '–' },
  { id: 'entered', head: 'Entered', width: '112px', cell: ({ created_at }) => day(dayOf(created_at)) }
]

const HELD = { isPending: false, isFetching: false, error: null, refetch: () => undefined }

export function Page() {
  const search = useSearch({ from: '/shell/trainees' })
  const navigate = useNavigate({ from: '/trainees' })
  const [found, setFound] = useState<Trainee[] | null>(null)
  const [entering, { open, close }] = useDisclosure()
  const people = queries.useInfiniteQuery(
    'get',
    '/api/v1/trainees',
    { params: { query: { ...search, limit: 200 } } },
    paged
  )
  const show = (traineeId: string) => void navigate({ to: '/trainees/$traineeId', params: { traineeId } })
  return (
    <>
      <PageHeader title="Trainees">
        <Can do="trainees:write">
          <Button onClick={open}>New trainee</Button>
        </Can>
      </PageHeader>
      <Section title="Find">
        <LookUp found={setFound} />
      </Section>
      <Can do="trainees:erase">
        <Group gap={8} mb={8} component="nav" aria-label="Views">
          <View name="All" erasable={undefined} here={search.erasable !== true} />
          <View name="Retention is over" erasable here={search.erasable === true} />
        </Group>
      </Can>
      <DataTable
        label={found === null ? 'Trainees' : 'People found'}
        rows={found ?? rowsOf(people.data)}
        id={(trainee) => trainee.id}
        columns={columns}
        of={found === null ? people : HELD}
        open={(trainee) => show(trainee.id)}
        empty={<Empty>{emptyWords(found !== null, search.erasable === true)}</Empty>}
      />
      {entering && <NewTrainee close={close} chosen={show} />}
    </>
  )
}

function View({ name, erasable, here }: { name: string; erasable: true | undefined; here: boolean }) {
  return (
    <GoButton
      to="/trainees"
      search={{ erasable }}
      size="xs"
      variant={here ? 'default' : 'subtle'}
      color="idle.9"
      c="var(--mantine-color-text)"
      aria-current={here ? 'page' : undefined}
      activeOptions={{ exact: true }}
    >
      {name}
    </GoButton>
  )
}

function emptyWords(looked: boolean, erasable: boolean): string {
  if (looked) return 'Nobody of whom all this is known. Search is exact, letter by letter.'
  return erasable ? 'Of nobody retention is over with nothing left open.' : 'Nobody is entered yet.'
}
