import { Button, Group, Menu, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { ChevronDown, Printer, QrCode, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { Can, useMay } from '~/access'
import { Moment } from '~/components/Moment'
import { Status } from '~/components/Status'
import { sessionLooks, sheetLooks } from '~/status'
import { day, dayOf, instant, relative } from '~/time'
import { modeWords } from '~/words'
import type { Schema } from '~/api/client'
import { hours } from './allowed'
import styles from './attendance.module.css'
import { letterLooks, letterOf } from './looks'
import { LockSheet } from './LockSheet'
import { MARKS, type Mark } from './marks'
import { usePrinting } from './usePrinting'
import { hasBegun, type Column } from './sheets'

type Props = {
  column: Column
  /** How many are still to be judged. */
  missing: number
  mark: (mark: Mark) => void
  markRest: () => void
}

/** The session the cursor stands in, and what can be done with its sheet. */
export function SessionBar({ column, missing, mark, markRest }: Props) {
  const { summary, sheet } = column
  const may = useMay()
  const begun = hasBegun(summary.start_at) && sheet !== null
  const open = begun && sheet.state === 'open'
  const marks = begun && (open ? may('attendance:mark') : may('attendance:correct'))
  return (
    <div className={styles.bar}>
      <Group gap={12}>
        <Text fw={600}>Session {summary.sequence}</Text>
        <Text size="sm">
          {day(dayOf(summary.start_at))}, {hours(summary)} SGT
          {sheet !== null && ` · ${modeWords[sheet.mode_of_training as Schema['Mode']]}`}
        </Text>
        <Standing column={column} />
      </Group>
      <Group gap={8}>
        {marks && (
          <div className={styles.keys} role="group" aria-label="Mark what is selected">
            {Object.entries(MARKS).map(([letter, each]) => (
              <Button key={letter} variant="default" px={10} onClick={() => mark(each)}>
                {letterLooks[letterOf(each)].word}
              </Button>
            ))}
          </div>
        )}
        <SheetMenu column={column} />
        {open && (
          <Can do="attendance:mark">
            <Button onClick={markRest} data-disabled={missing === 0 || undefined} aria-disabled={missing === 0}>
              {missing === 0 ? 'Everybody is marked' : `Mark the rest present (${missing})`}
            </Button>
          </Can>
        )}
      </Group>
    </div>
  )
}

function Standing({ column: { summary, sheet } }: { column: Column }) {
  if (summary.session_status === 'cancelled') return <Status look={sessionLooks.cancelled} />
  if (sheet === null) return <Text size="sm">Opens before {instant(summary.start_at)}</Text>
  return (
    <>
      <Status look={sheetLooks[sheet.state]} />
      <Text size="sm" c="dimmed">
        {sheet.state === 'open' ? 'Locks ' : 'Locked '}
        <Moment at={sheet.locked_at ?? sheet.lock_due_at} words={relative} />
      </Text>
    </>
  )
}

function SheetMenu({ column }: { column: Column }) {
  const { summary, sheet } = column
  const may = useMay()
  const navigate = useNavigate()
  const printing = usePrinting(summary)
  const [asked, ask] = useState(false)
  const params = { sessionId: summary.session_id }
  const turn = sheet?.state === 'locked' ? 'Unlock sheet' : 'Lock sheet'
  const mayTurn = sheet !== null && may(sheet.state === 'locked' ? 'attendance:correct' : 'attendance:mark')
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <Button variant="default" rightSection={<ChevronDown size={14} aria-hidden />} loading={printing.busy}>
            Sheet
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Printer size={14} aria-hidden />} onClick={() => void printing.run(null)}>
            Download to print
          </Menu.Item>
          {may('attendance:mark') && (
            <>
              <Menu.Item
                leftSection={<Smartphone size={14} aria-hidden />}
                onClick={() => void navigate({ to: '/attendance/sessions/$sessionId/register', params })}
              >
                Mark on a phone
              </Menu.Item>
              <Menu.Item
                leftSection={<QrCode size={14} aria-hidden />}
                onClick={() => void navigate({ to: '/attendance/sessions/$sessionId/check-in', params })}
              >
                Check-in screen
              </Menu.Item>
            </>
          )}
          {mayTurn && <Menu.Item onClick={() => ask(true)}>{turn}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {asked && sheet !== null && <LockSheet sheet={sheet} close={() => ask(false)} />}
    </>
  )
}
