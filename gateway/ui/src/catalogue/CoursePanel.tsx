import { Group, Stack, Title } from '@mantine/core'
import { useMay } from '~/access'
import { api, queries } from '~/api/client'
import { ifMatch } from '~/api/command'
import { Details } from '~/components/Details'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { Properties } from '~/components/Properties'
import { Status } from '~/components/Status'
import { catalogueLooks } from '~/status'
import { days, instant } from '~/time'
import { count, modeWords } from '~/words'
import { CourseForm } from './CourseForm'
import { passMark, type Course } from './courseValues'
import { Retire } from './Retire'

/** One course beside the list: what it is, a form over it for those who may change it, and its runs. */
export function CoursePanel({ id, close }: { id: string; close: () => void }) {
  const course = queries.useQuery('get', '/api/v1/courses/{course_id}', { params: { path: { course_id: id } } })
  return <Loaded of={course}>{(data) => <Shown of={data} close={close} />}</Loaded>
}

function Shown({ of: course, close }: { of: Course; close: () => void }) {
  const may = useMay()
  const writes = may('courses:write')
  return (
    <Stack gap={16}>
      <Title order={2}>{course.title}</Title>
      <Group gap={12}>
        <Status look={catalogueLooks[course.status]} />
        {writes && course.status === 'active' && (
          <Retire
            what="course"
            name={course.title}
            affects={['/api/v1/courses']}
            retire={(reason, headers) =>
              api.POST('/api/v1/courses/{course_id}/retire', {
                params: { path: { course_id: course.id }, header: { ...headers, ...ifMatch(course) } },
                body: { reason }
              })
            }
          />
        )}
        {may('runs:view') && (
          <Go to="/runs" search={{ q: course.reference }}>
            Its runs
          </Go>
        )}
      </Group>
      {writes ? (
        <CourseForm key={course.status} course={course} close={close} saved={close} />
      ) : (
        <Properties of={properties(course)} />
      )}
      <Details of={course} also={[['Entered', instant(course.created_at)]]} />
    </Stack>
  )
}

function properties(course: Course): ReadonlyArray<readonly [string, string | null]> {
  const mark = passMark(course)
  return [
    ['Reference', course.reference],
    ['Funded', funding(course)],
    ['Planned minutes', count(course.planned_minutes)],
    ['Least attendance', `${course.min_attendance_pct} %`],
    ['Pass mark', mark === null ? 'No score decides' : `${mark} of 100`],
    ['Largest class', course.max_class_size?.toString() ?? 'As the policy says'],
    ['Modes of training', course.modes.map((mode) => modeWords[mode as keyof typeof modeWords]).join(', ') || 'All'],
    ['Skill codes', course.skill_codes.join(', ')]
  ]
}

export function funding({ funded, support_from, support_to }: Course): string {
  if (!funded) return 'No'
  return support_from !== null && support_to !== null ? days(support_from, support_to) : 'Yes'
}
