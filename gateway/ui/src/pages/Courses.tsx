import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { queries } from '~/api/client'
import { paged, rowsOf } from '~/api/pages'
import { CourseForm } from '~/catalogue/CourseForm'
import { CoursePanel, funding } from '~/catalogue/CoursePanel'
import type { Course } from '~/catalogue/courseValues'
import { Empty } from '~/components/Empty'
import { Filters, type Filter } from '~/components/Filters'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { Status } from '~/components/Status'
import type { CoursesSearch } from '~/searches'
import { catalogueLooks } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { count } from '~/words'

type Wanted = Omit<CoursesSearch, 'open' | 'funded'> & { funded?: string }

const filters: readonly Filter<Wanted>[] = [
  { kind: 'text', name: 'q', label: 'Title or reference' },
  { kind: 'one', name: 'status', label: 'State', choices: catalogueLooks },
  {
    kind: 'one',
    name: 'funded',
    label: 'Funding',
    choices: { true: { word: 'Funded' }, false: { word: 'Not funded' } }
  }
]

const columns: readonly Column<Course>[] = [
  {
    id: 'title',
    head: 'Title',
    sort: (course) => course.title,
    cell: (course) => (
      <Go from="/courses" to="/courses" search={(old) => ({ ...old, open: course.id })}>
        {course.title}
      </Go>
    )
  },
  {
    id: 'reference',
    head: 'Reference',
    width: '160px',
    sort: ({ reference }) => reference,
    cell: ({ reference }) => reference
  },
  { id: 'funded', head: 'Funded', width: '200px', sort: ({ support_to }) => support_to, cell: funding },
  {
    id: 'minutes',
    head: 'Minutes',
    width: '88px',
    right: true,
    sort: ({ planned_minutes }) => planned_minutes,
    cell: ({ planned_minutes }) => count(planned_minutes)
  },
  { id: 'skills', head: 'Skill codes', width: '200px', cell: ({ skill_codes }) => skill_codes.join(', ') || '–' },
  { id: 'state', head: 'State', width: '112px', cell: ({ status }) => <Status look={catalogueLooks[status]} /> }
]

export function Page() {
  const { open, ...wanted } = useSearch({ from: '/shell/courses' })
  const navigate = useNavigate({ from: '/courses' })
  const [entering, entry] = useDisclosure()
  const query = { ...wanted, limit: 200 }
  const courses = queries.useInfiniteQuery('get', '/api/v1/courses', { params: { query } }, paged)
  const filtered = Object.values(wanted).some((value) => value !== undefined)
  const set = (changed: CoursesSearch, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...changed }), replace })
  return (
    <>
      <PageHeader title="Courses">
        <Can do="courses:write">
          <Button onClick={entry.open}>New course</Button>
        </Can>
      </PageHeader>
      <Filters filters={filters} search={written(wanted)} set={(changed) => set(read(changed), true)} />
      <DataTable
        label="Courses"
        rows={rowsOf(courses.data)}
        id={(course) => course.id}
        columns={columns}
        of={courses}
        open={(course) => set({ open: course.id })}
        empty={<Empty>{filtered ? 'No course matches these filters.' : 'No course is entered yet.'}</Empty>}
      />
      <SidePanel
        title={entering ? 'New course' : 'Course'}
        opened={entering || open !== undefined}
        close={() => (entry.close(), set({ open: undefined }))}
      >
        {entering ? (
          <CourseForm course={null} close={entry.close} saved={({ id }) => (entry.close(), set({ open: id }))} />
        ) : (
          open !== undefined && <CoursePanel key={open} id={open} close={() => set({ open: undefined })} />
        )}
      </SidePanel>
    </>
  )
}

/** Choices are texts; the address and the API know what is a truth. */
function written({ funded, ...others }: Omit<CoursesSearch, 'open'>): Wanted {
  return { ...others, funded: funded?.toString() }
}

function read(changed: Partial<Wanted>): CoursesSearch {
  const { funded, ...others } = changed
  return 'funded' in changed ? { ...others, funded: funded === undefined ? undefined : funded === 'true' } : others
}
