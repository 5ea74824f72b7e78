import { Button, Group, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { queries } from '~/api/client'
import { Agenda } from '~/calendar/Agenda'
import type { Booked, Lanes } from '~/calendar/lanes'
import { SessionPanel } from '~/calendar/SessionPanel'
import { Empty } from '~/components/Empty'
import { Loaded, Waiting } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import { useChoices } from '~/planning/useChoices'
import type { CalendarSearch } from '~/searches'
import { days, mondayOf, plusDays, today } from '~/time'

const Week = lazy(() => import('~/calendar/Week'))
const NARROW = '(max-width: 48em)'
const LANES: { value: Lanes; label: string }[] = [
  { value: 'rooms', label: 'By room' },
  { value: 'people', label: 'By person' }
]

export function Page() {
  const { week, lanes = 'rooms', open } = useSearch({ from: '/shell/calendar' })
  const navigate = useNavigate({ from: '/calendar' })
  const narrow = useMediaQuery(NARROW, globalThis.matchMedia?.(NARROW).matches, { getInitialValueInEffect: false })
  const monday = mondayOf(week ?? today())
  const sunday = plusDays(monday, 6)
  const query = { from_on: monday, to_on: sunday }
  const booked = queries.useQuery('get', '/api/v1/course-runs/calendar', { params: { query } })
  const choices = useChoices()
  const go = (changed: CalendarSearch) => void navigate({ search: (old) => ({ ...old, ...changed }) })
  const show = (session: Booked) => go({ open: session.id })
  const shown = booked.data?.find(({ id }) => id === open)
  return (
    <>
      <PageHeader title="Calendar" below={days(monday, sunday)}>
        <Group gap={8}>
          <SegmentedControl
            aria-label="Lanes"
            data={LANES}
            value={lanes}
            onChange={(value) => go({ lanes: value as Lanes })}
            visibleFrom="sm"
          />
          <Button
            variant="default"
            aria-label="Week before"
            px={8}
            onClick={() => go({ week: plusDays(monday, -7), open: undefined })}
          >
            <ChevronLeft size={16} aria-hidden />
          </Button>
          <Button variant="default" onClick={() => go({ week: undefined, open: undefined })}>
            This week
          </Button>
          <Button
            variant="default"
            aria-label="Week after"
            px={8}
            onClick={() => go({ week: plusDays(monday, 7), open: undefined })}
          >
            <ChevronRight size={16} aria-hidden />
          </Button>
        </Group>
      </PageHeader>
      <Loaded of={booked}>
        {(sessions) =>
          sessions.length === 0 ? (
            <Empty>No session is planned in this week.</Empty>
          ) : narrow ? (
            <Agenda booked={sessions} open={show} />
          ) : (
            <Suspense fallback={<Waiting />}>
              <Week monday={monday} by={lanes} booked={sessions} choices={choices} open={show} />
            </Suspense>
          )
        }
      </Loaded>
      <SidePanel title="Session" opened={shown !== undefined} close={() => go({ open: undefined })}>
        {shown !== undefined && <SessionPanel session={shown} choices={choices} />}
      </SidePanel>
    </>
  )
}
