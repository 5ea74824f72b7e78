import { Button, Group, Select, Text } from '@mantine/core'
import { useState } from 'react'
import { Can, useMay, useMe } from '~/access'
import type { Schema } from '~/api/client'
import { DayInput } from '~/components/DayInput'
import { Empty } from '~/components/Empty'
import { Status } from '~/components/Status'
import { assessmentLooks, resultLooks, type Look } from '~/status'
import { DataTable, type Column } from '~/table/DataTable'
import { day, today } from '~/time'
import { DayCell, GradeCell, ResultCell, ScoreCell } from './Cells'
import { Check, Name } from './Check'
import { FinaliseButton } from './FinaliseButton'
import { isOpen, percent, wordsOf, type Line } from './lines'
import type { Words } from './moves'
import { useRunResults } from './useRunResults'
import { useTyping, type Typing } from './useTyping'

type Run = Schema['RunDetail']

const ASSESSOR = 2
const below: Look = { ...resultLooks.Fail, word: 'Below minimum' }
const setAside: Look = { ...assessmentLooks.voided, word: 'Minimum set aside' }
const saved: Record<Typing['state'], string> = { saved: 'All changes saved', saving: 'Saving', failed: 'Not saved' }

/** One person and skill a line. What is typed is kept as a draft by itself; what the rules say stands beside it. */
export function ResultsTable({ run, show }: { run: Run; show: (id: string) => void }) {
  const enters = useMay()('assessments:enter')
  const forOthers = useMe().permissions['assessments:enter'] === 'all'
  const [assessedOn, setAssessedOn] = useState(() => (run.end_on < today() ? run.end_on : today()))
  const [assessorId, setAssessorId] = useState<string | null>(null)
  const { lines, drafts, of } = useRunResults(run.id)
  const typing = useTyping(run.id, forOthers ? assessorId : null)
  const columns = columnsOf({ assessedOn, enters, typing, drafts })
  return (
    <>
      {enters && (
        <Group gap={8} mb={12} align="flex-end">
          <DayInput label="Assessed on" maxDate={today()} value={assessedOn} set={setAssessedOn} w={160} />
          {forOthers && (
            <Select
              label="Assessed by"
              placeholder="Nobody named"
              clearable
              clearButtonProps={{ 'aria-label': 'Clear assessed by' }}
              data={assessors(run)}
              value={assessorId}
              onChange={setAssessorId}
            />
          )}
          <Can do="assessments:finalise">
            <FinaliseButton
              runId={run.id}
              lines={lines}
              drafts={drafts}
              typing={typing.state !== 'saved'}
              note={typing.note}
            />
          </Can>
          <Text size="sm" c="dimmed" role="status" py={8}>
            {saved[typing.state]}
          </Text>
          {typing.state === 'failed' && (
            <Button variant="default" onClick={typing.save}>
              Save again
            </Button>
          )}
        </Group>
      )}
      <DataTable
        label="Results"
        rows={lines}
        id={(line) => line.key}
        columns={columns}
        of={of}
        open={(line) => line.latest && show(line.latest.id)}
        rowHeight={40}
        empty={<Empty>Nobody on this run may be assessed yet: a place must be confirmed first.</Empty>}
      />
    </>
  )
}

function assessors(run: Run): { value: string; label: string }[] {
  return run.trainers.flatMap(({ user_id, name, roles }) =>
    user_id !== null && roles.includes(ASSESSOR) ? [{ value: user_id, label: name }] : []
  )
}

type Shown = { assessedOn: string; enters: boolean; typing: Typing; drafts: ReturnType<typeof useRunResults>['drafts'] }

function columnsOf({ assessedOn, enters, typing, drafts }: Shown): readonly Column<Line>[] {
  const words = (line: Line): Words => typing.typed.get(line.key) ?? wordsOf(line, assessedOn)
  const cell = (line: Line) => ({ line, words: words(line), type: (next: Words) => typing.type(line, next) })
  const open = (line: Line) => enters && isOpen(line)
  return [
    { id: 'name', head: 'Trainee', width: '184px', sort: (line) => line.name, cell: (line) => <Name line={line} /> },
    { id: 'number', head: 'ID', width: '96px', cell: (line) => line.number },
    { id: 'skill', head: 'Skill', width: '88px', cell: (line) => line.skill ?? 'Course' },
    { id: 'rate', head: 'Attended', width: '176px', cell: (line) => <Attended line={line} /> },
    {
      id: 'result',
      head: 'Result',
      width: '160px',
      cell: (line) => (open(line) ? <ResultCell {...cell(line)} /> : <Stands line={line} />)
    },
    {
      id: 'score',
      head: 'Score',
      width: '72px',
      cell: (line) => (open(line) ? <ScoreCell {...cell(line)} /> : (line.latest?.score ?? '–'))
    },
    {
      id: 'grade',
      head: 'Grade',
      width: '72px',
      cell: (line) => (open(line) ? <GradeCell {...cell(line)} /> : (line.latest?.grade ?? '–'))
    },
    {
      id: 'on',
      head: 'Assessed on',
      width: '120px',
      cell: (line) => {
        if (open(line)) return <DayCell {...cell(line)} />
        return line.latest === undefined ? '–' : day(line.latest.assessed_on)
      }
    },
    {
      id: 'check',
      head: 'Check',
      cell: (line) => (
        <Check
          line={line}
          draft={line.latest && drafts.get(line.latest.id)}
          typing={typing.typed.has(line.key) && !typing.refused.has(line.key)}
          refused={typing.refused.get(line.key)}
        />
      )
    }
  ]
}

/** How much of what was held was attended, by attendance; whether it is enough, by assessment's own rule. */
function Attended({ line: { rate, outcome, latest } }: { line: Line }) {
  return (
    <>
      {percent(rate)} {!outcome.attended_enough && <Status look={latest?.overridden ? setAside : below} />}
    </>
  )
}

function Stands({ line: { latest } }: { line: Line }) {
  if (latest === undefined) return <>–</>
  if (latest.status === 'voided') return <Status look={assessmentLooks.voided} />
  return latest.result === null ? <>–</> : <Status look={resultLooks[latest.result]} note={attempt(latest.attempt)} />
}

function attempt(number: number): string | undefined {
  return number > 1 ? `attempt ${number}` : undefined
}
