import { Button, Text, Title } from '@mantine/core'
import { useFullscreenElement } from '@mantine/hooks'
import { useParams } from '@tanstack/react-router'
import { Maximize, Minimize } from 'lucide-react'
import { queries, type Schema } from '~/api/client'
import { shortId } from '~/api/ids'
import { GivePasses } from '~/attendance/GivePasses'
import { QrCode } from '~/attendance/QrCode'
import { useSession } from '~/attendance/useSession'
import { hours } from '~/attendance/allowed'
import { Go } from '~/components/links'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Status } from '~/components/Status'
import { markLooks } from '~/status'
import { clockTime, day, dayOf, instant, now } from '~/time'
import { counted } from '~/words'
import styles from '~/attendance/room.module.css'

type Room = Schema['RoomView']
type Person = Schema['RoomLine']

const AT_LEAST_MS = 1_000
/** A moment after the code has changed, so that the next is asked for and not the last. */
const AFTER_MS = 250

export function Page() {
  const { sessionId } = useParams({ from: '/shell/attendance/sessions/$sessionId/check-in' })
  const params = { path: { session_id: sessionId } }
  const room = queries.useQuery('get', '/api/v1/attendance/check-in/{session_id}/code', { params }, turning)
  const session = useSession(sessionId)
  return (
    <>
      <PageHeader
        title={session === undefined ? 'Check-in' : `Check-in · session ${session.sequence}`}
        below={session === undefined ? '' : `${day(dayOf(session.start_at))}, ${hours(session)} SGT`}
      >
        {session && (
          <>
            <GivePasses runId={session.run_id} people={peopleOf(room.data)} />
            <Go to="/attendance/sessions/$sessionId/register" params={{ sessionId }}>
              Register
            </Go>
          </>
        )}
      </PageHeader>
      <Loaded of={room}>{(data) => <Screen of={data} />}</Loaded>
    </>
  )
}

const turning = {
  staleTime: 0,
  refetchInterval: ({ state }: { state: { data?: Room } }) =>
    state.data === undefined
      ? AT_LEAST_MS
      : Math.max(AT_LEAST_MS, Date.parse(state.data.changes_at) - now() + AFTER_MS),
  refetchIntervalInBackground: true
}

/** What the room looks at: the code to scan, and who is still missing. */
function Screen({ of: room }: { of: Room }) {
  const { ref, toggle, fullscreen } = useFullscreenElement()
  const link = `${location.origin}/check-in/${room.session_id}#${room.code}`
  const total = room.present.length + room.missing.length
  return (
    <div ref={ref as React.Ref<HTMLDivElement>} className={styles.room}>
      <section className={styles.code} aria-label="Code">
        <QrCode text={link} label="Code to check in with, to be scanned by a phone" size="100%" />
        <p className={styles.letters}>{room.code.replace(/(.{4})(?=.)/g, '$1 ')}</p>
        <Text size="sm">
          Scan it with your phone, after opening your personal link once. It changes every half minute.
        </Text>
        <Text size="sm" c="dimmed">
          {openWords(room)}
        </Text>
        {room.official_record && (
          <Text size="sm" c="dimmed">
            The official record of this session is TPGateway’s own QR, read with Singpass. This code is a backup.
          </Text>
        )}
      </section>
      <section aria-label="People">
        <div className={styles.count}>
          <Title order={2}>
            {total === 0
              ? 'The sheet is not open yet'
              : room.missing.length === 0
                ? 'Everybody is here'
                : `${room.missing.length} of ${counted(total, 'person', 'people')} missing`}
          </Title>
          <Button
            variant="default"
            onClick={() => void toggle()}
            leftSection={fullscreen ? <Minimize size={14} aria-hidden /> : <Maximize size={14} aria-hidden />}
          >
            {fullscreen ? 'Leave full screen' : 'Full screen'}
          </Button>
        </div>
        <ul className={styles.people} aria-label="Missing">
          {room.missing.map((person) => (
            <li key={person.enrolment_id}>{nameOf(person)}</li>
          ))}
        </ul>
        {room.present.length > 0 && (
          <ul className={styles.here} aria-label="Here">
            {room.present.map((person) => (
              <li key={person.enrolment_id}>
                {nameOf(person)} <Status look={markLooks[person.state]} note={noteOf(person)} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  )
}

function openWords({ opens_at, closes_at }: Room): string {
  if (now() < Date.parse(opens_at)) return `Checking in opens ${instant(opens_at)}.`
  if (now() > Date.parse(closes_at)) return `Checking in ended ${instant(closes_at)}. The trainer marks who comes now.`
  return `Checking in is open until ${clockTime(closes_at)} SGT.`
}

function noteOf({ checked_in_at, shared_device }: Person): string | undefined {
  const words = [checked_in_at && clockTime(checked_in_at), shared_device && 'phone used by several']
  return words.filter(Boolean).join(', ') || undefined
}

function nameOf({ name, enrolment_id }: Person): string {
  return name ?? `Enrolment ${shortId(enrolment_id)}`
}

function peopleOf(room: Room | undefined): ReadonlyMap<string, string> {
  return new Map([...(room?.present ?? []), ...(room?.missing ?? [])].map((each) => [each.enrolment_id, nameOf(each)]))
}
