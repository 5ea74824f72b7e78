import { Select, SimpleGrid } from '@mantine/core'
import { Section } from '~/components/Section'
import { modeWords } from '~/words'
import { AnnouncedFields } from './AnnouncedFields'
import type { Choices } from './choices'
import { DaysField } from './Fields'
import { moved, type Mode, type Plan } from './plan'
import { wrongAt, type Trial } from './useTrial'

export type Part = { plan: Plan; change: (part: Partial<Plan>) => void; choices: Choices; trial: Trial }

type Props = Part & { courseFixed: boolean }

export const modes = Object.entries(modeWords).map(([value, label]) => ({ value, label }))

export function CourseSection({ plan, change, choices, trial, courseFixed }: Props) {
  const course = choices.courses.find(({ id }) => id === plan.courseId)
  const offered = choices.courses.map(({ id, title, reference }) => ({ value: id, label: `${title} · ${reference}` }))
  const taught = modes.filter(({ value }) => !course?.modes.length || course.modes.includes(value))
  return (
    <Section title="Course and dates">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing={12} verticalSpacing={12}>
        <Select
          id="course_id"
          label="Course"
          placeholder="Title or reference"
          description={courseFixed ? 'A run keeps its course.' : undefined}
          required
          searchable
          disabled={courseFixed}
          data={offered}
          value={plan.courseId}
          onChange={(courseId) => change({ courseId })}
          nothingFoundMessage="No course has this name."
          error={wrongAt(trial, 'course_id')}
        />
        <Select
          id="mode_of_training"
          label="Mode of training"
          required
          allowDeselect={false}
          data={taught}
          value={plan.mode}
          onChange={(mode) => change({ mode: mode as Mode })}
          error={wrongAt(trial, 'mode_of_training')}
        />
        <DaysField
          id="start_on"
          label="Held"
          description={plan.sessions.length > 0 ? 'Sessions move along with the first day.' : undefined}
          value={plan.held}
          set={(held) => change(moved(plan, held))}
          error={wrongAt(trial, 'start_on') ?? wrongAt(trial, 'end_on')}
        />
        <AnnouncedFields plan={plan} change={change} trial={trial} />
      </SimpleGrid>
    </Section>
  )
}
