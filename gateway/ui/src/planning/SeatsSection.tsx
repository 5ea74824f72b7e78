import { NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { Section } from '~/components/Section'
import { vacancyWords } from '~/words'
import type { Part } from './CourseSection'
import type { Plan } from './plan'
import { wrongAt } from './useTrial'

const vacancies = Object.entries(vacancyWords).map(([value, label]) => ({ value, label }))
const whole = { min: 0, max: 10_000, allowDecimal: false, allowNegative: false, clampBehavior: 'strict' } as const

export function SeatsSection({ plan, change, trial }: Part) {
  const tooMany = trial.found?.errors.some(({ code }) => code === 'class_size') === true
  return (
    <Section title="Seats">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing={12} verticalSpacing={12}>
        <NumberInput
          id="intake_size"
          label="Seats"
          required
          {...whole}
          min={1}
          value={plan.intake ?? ''}
          onChange={(value) => change({ intake: numberOr(value, null) })}
          error={wrongAt(trial, 'intake_size')}
        />
        <NumberInput
          id="threshold"
          label="Extra seats"
          {...whole}
          value={plan.extra}
          onChange={(value) => change({ extra: numberOr(value, 0) })}
          error={wrongAt(trial, 'threshold')}
        />
        <NumberInput
          id="min_pax"
          label="Minimum to run"
          {...whole}
          value={plan.atLeast}
          onChange={(value) => change({ atLeast: numberOr(value, 0) })}
          error={wrongAt(trial, 'min_pax')}
        />
        <Select
          id="vacancy"
          label="Vacancy shown"
          allowDeselect={false}
          data={vacancies}
          value={plan.vacancy}
          onChange={(vacancy) => change({ vacancy: vacancy as Plan['vacancy'] })}
        />
      </SimpleGrid>
      {(tooMany || plan.overrideReason !== '') && (
        <TextInput
          id="class_size_override"
          mt={12}
          label="Why the class is larger than usual"
          description="Kept in the audit log. No names, no ID numbers."
          maxLength={500}
          value={plan.overrideReason}
          onChange={(event) => change({ overrideReason: event.currentTarget.value })}
        />
      )}
    </Section>
  )
}

function numberOr<Empty>(value: string | number, empty: Empty): number | Empty {
  return typeof value === 'number' ? value : empty
}
