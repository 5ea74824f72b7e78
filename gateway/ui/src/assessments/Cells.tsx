import { NativeSelect, TextInput } from '@mantine/core'
import type { KeyboardEvent } from 'react'
import { DayInput } from '~/components/DayInput'
import { resultLooks } from '~/status'
import { today } from '~/time'
import type { Line } from './lines'
import type { Words } from './moves'
import { GRADES } from './WordsFields'

type Cell = { line: Line; words: Words; type: (words: Words) => void }

const NONE = { value: '', label: '' }
const results = [NONE, ...Object.entries(resultLooks).map(([value, { word }]) => ({ value, label: word }))]
const grades = [NONE, ...GRADES.map((grade) => ({ value: grade, label: grade }))]

export function ResultCell({ line, words, type }: Cell) {
  return (
    <NativeSelect
      size="xs"
      aria-label={`Result of ${line.name}`}
      data-column="result"
      onKeyDown={follow}
      data={results}
      value={words.result ?? ''}
      onChange={(event) => type({ ...words, result: (event.currentTarget.value || null) as Words['result'] })}
    />
  )
}

export function ScoreCell({ line, words, type }: Cell) {
  return (
    <TextInput
      size="xs"
      inputMode="numeric"
      aria-label={`Score of ${line.name}`}
      data-column="score"
      onKeyDown={follow}
      value={words.score ?? ''}
      onChange={(event) => {
        const score = scoreOf(event.currentTarget.value)
        if (score !== undefined) type({ ...words, score })
      }}
    />
  )
}

export function GradeCell({ line, words, type }: Cell) {
  return (
    <NativeSelect
      size="xs"
      aria-label={`Grade of ${line.name}`}
      data-column="grade"
      onKeyDown={follow}
      data={grades}
      value={words.grade ?? ''}
      onChange={(event) => type({ ...words, grade: (event.currentTarget.value || null) as Words['grade'] })}
    />
  )
}

export function DayCell({ line, words, type }: Cell) {
  return (
    <DayInput
      size="xs"
      aria-label={`Day of ${line.name}`}
      maxDate={today()}
      value={words.assessed_on}
      set={(assessed_on) => type({ ...words, assessed_on })}
    />
  )
}

const HIGHEST = 100

/** A whole number to a hundred, or none; anything else is not taken while it is typed. */
export function scoreOf(text: string): number | null | undefined {
  if (text === '') return null
  return /^\d{1,3}$/.test(text) && Number(text) <= HIGHEST ? Number(text) : undefined
}

/** Enter goes down the column, Shift+Enter up; so do the arrows where they mean nothing else. */
function follow(event: KeyboardEvent<HTMLElement>): void {
  const arrows = event.currentTarget.dataset.column === 'score'
  const down = (event.key === 'Enter' && !event.shiftKey) || (arrows && event.key === 'ArrowDown')
  const up = (event.key === 'Enter' && event.shiftKey) || (arrows && event.key === 'ArrowUp')
  if (!down && !up) return
  event.preventDefault()
  const column = document.querySelectorAll<HTMLElement>(`[data-column="${event.currentTarget.dataset.column}"]`)
  const at = [...column].indexOf(event.currentTarget)
  column[at + (down ? 1 : -1)]?.focus()
}
