import { Group, NumberInput, Select } from '@mantine/core'
import { DayInput } from '~/components/DayInput'
import { resultLooks } from '~/status'
import { today } from '~/time'
import type { Words } from './moves'

export const GRADES = ['A', 'B', 'C', 'D', 'E', 'F'] as const
const results = Object.entries(resultLooks).map(([value, { word }]) => ({ value, label: word }))

/** Result, score, grade and day, in a dialog. */
export function WordsFields({ words, set }: { words: Words; set: (words: Words) => void }) {
  return (
    <>
      <Group grow gap={8} align="flex-start">
        <Select
          label="Result"
          data={results}
          value={words.result}
          onChange={(result) => set({ ...words, result: result as Words['result'] })}
        />
        <DayInput
          label="Assessed on"
          maxDate={today()}
          value={words.assessed_on}
          set={(assessed_on) => set({ ...words, assessed_on })}
        />
      </Group>
      <Group grow gap={8} align="flex-start">
        <NumberInput
          label="Score"
          min={0}
          max={100}
          clampBehavior="strict"
          allowDecimal={false}
          hideControls
          value={words.score ?? ''}
          onChange={(score) => set({ ...words, score: score === '' ? null : Number(score) })}
        />
        <Select
          label="Grade"
          data={GRADES}
          clearable
          clearButtonProps={{ 'aria-label': 'Clear grade' }}
          value={words.grade}
          onChange={(grade) => set({ ...words, grade: grade as Words['grade'] })}
        />
      </Group>
    </>
  )
}
