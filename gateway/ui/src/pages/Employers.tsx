import { Button, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can, useMay } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { Details } from '~/components/Details'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Properties } from '~/components/Properties'
import { SidePanel } from '~/components/SidePanel'
import { EmployerForm } from '~/people/EmployerForm'
import { phoneWords, type Employer } from '~/people/words'
import type { EmployersSearch } from '~/searches'
import { DataTable, type Column } from '~/table/DataTable'

const filters: readonly Filter<Omit<EmployersSearch, 'open'>>[] = [{ kind: 'text', name: 'q', label: 'Name or UEN' }]

const columns: readonly Column<Employer>[] = [
  {
    id: 'name',
    head: 'Name',
    cell: (employer) => (
      <Go from="/employers" to="/employers" search={(old) => ({ ...old, open: employer.id })}>
        {employer.name}
      </Go>
    )
  },
  { id: 'uen', head: 'UEN', width: '128px', cell: ({ uen }) => uen },
  { id: 'contact', head: 'Contact', width: '200px', cell: ({ contact_name }) => contact_name },
  { id: 'email', head: 'Email', width: '240px', cell: ({ email }) => email },
  { id: 'phone', head: 'Phone', width: '160px', cell: ({ phone }) => phoneWords(phone) }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/employers' })
  const navigate = useNavigate({ from: '/employers' })
  const [entering, entry] = useDisclosure()
  const employers = queries.useInfiniteQuery(
    'get',
    '/api/v1/employers',
    { params: { query: { ...wanted, limit: 200 } } },
    paged
  )
  const show = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, open: id }) })
  return (
    <>
      <PageHeader title="Employers">
        <Can do="enrolments:write">
          <Button onClick={entry.open}>New employer</Button>
        </Can>
      </PageHeader>
      <Filters
        filters={filters}
        search={wanted}
        set={(changed) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })}
      />
      <DataTable
        label="Employers"
        rows={rowsOf(employers.data)}
        id={(employer) => employer.id}
        columns={columns}
        of={employers}
        open={(employer) => show(employer.id)}
        empty={<Empty>{wanted.q === undefined ? 'No employer is entered yet.' : 'No employer matches this.'}</Empty>}
      />
      <SidePanel
        title={entering ? 'New employer' : 'Employer'}
        opened={entering || open !== undefined}
        close={() => (entry.close(), show(undefined))}
      >
        {entering ? (
          <EmployerForm employer={null} close={entry.close} />
        ) : (
          open !== undefined && <One key={open} id={open} close={() => show(undefined)} />
        )}
      </SidePanel>
    </>
  )
}

function One({ id, close }: { id: string; close: () => void }) {
  const may = useMay()
  const employer = queries.useQuery('get', '/api/v1/employers/{employer_id}', { params: { path: { employer_id: id } } })
  return (
    <Loaded of={employer}>
      {(found) => (
        <Stack gap={16}>
          {!found.uen_check_letter_fits && (
            <Text className="panel" size="sm">
              The UEN’s check letter does not fit the usual rule. Worth a look, no reason to refuse it.
            </Text>
          )}
          {may('enrolments:write') ? (
            <EmployerForm employer={found} close={close} />
          ) : (
            <Properties
              of={[
                ['Name', found.name],
                ['UEN', found.uen],
                ['Contact', found.contact_name],
                ['Email', found.email],
                ['Phone', phoneWords(found.phone)]
              ]}
            />
          )}
          <Go to="/enrolments" search={{ employer_id: found.id }}>
            Enrolments it pays for
          </Go>
          <Details of={found} />
        </Stack>
      )}
    </Loaded>
  )
}
