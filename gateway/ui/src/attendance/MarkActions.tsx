import { Button, Group, Text, Tooltip } from '@mantine/core'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand, type CommandHeaders } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { ChangeMark } from './ChangeMark'

export type Detail = Schema['MarkDetail']

type Move = {
  verb: string
  says: string
  destructive?: boolean
  done: string
  call: (detail: Detail, reason: string, headers: CommandHeaders) => Promise<{ data?: Detail }>
}

export const AFFECTS = ['/api/v1/attendance', '/api/v1/sync', '/api/v1/compliance'] as const

const at = (detail: Detail, headers: CommandHeaders) => ({
  path: { attendance_id: detail.id },
  header: { ...headers, ...ifMatch(detail) }
})

/** What asks for nothing but a reason, by the API's own names. */
const moves: Record<string, Move> = {
  reject: {
    verb: 'Reject check-in',
    says: 'The check-in is not believed: not in the room, or another person.',
    destructive: true,
    done: 'rejected',
    call: (detail, reason, headers) =>
      api.POST('/api/v1/attendance/{attendance_id}/reject', { params: at(detail, headers), body: { reason } })
  },
  void: {
    verb: 'Void mark',
    says: 'Declares the presence wrong. It is kept on record, and taken back at TPGateway.',
    destructive: true,
    done: 'voided',
    call: (detail, reason, headers) =>
      api.POST('/api/v1/attendance/{attendance_id}/void', { params: at(detail, headers), body: { reason } })
  },
  re_mark: {
    verb: 'Mark present again',
    says: 'Present after all. TPGateway is told anew.',
    done: 'present again',
    call: (detail, reason, headers) =>
      api.POST('/api/v1/attendance/{attendance_id}/re-mark', { params: at(detail, headers), body: { reason } })
  }
}
const CHANGES = ['mark', 'correct']

type Props = { of: Detail; name: string; locked: boolean }

/** What this person may do with the mark: never-allowed ones are absent, those that do not fit now say why. */
export function MarkActions({ of: detail, name, locked }: Props) {
  const [asked, ask] = useState<string | null>(null)
  const change = detail.allowed_actions.find(({ action, allowed }) => CHANGES.includes(action) && allowed)
  const others = detail.allowed_actions.filter(({ action, reason }) => action in moves && !ofRole(reason))
  const close = () => ask(null)
  return (
    <>
      <Group gap={8}>
        {change && (
          <Button size="xs" variant="default" onClick={() => ask('change')}>
            {change.action === 'mark' ? 'Mark' : 'Correct'}
          </Button>
        )}
        {others.map(({ action, allowed, reason }) => (
          <Tooltip key={action} label={reason ?? ''} disabled={allowed}>
            <Button
              size="xs"
              variant="default"
              data-disabled={!allowed || undefined}
              aria-disabled={!allowed}
              aria-description={reason ?? undefined}
              onClick={() => allowed && ask(action)}
            >
              {moves[action]!.verb}
            </Button>
          </Tooltip>
        ))}
      </Group>
      {asked === 'change' && <ChangeMark of={detail} name={name} locked={locked} close={close} />}
      {asked !== null && moves[asked] && <Ask move={moves[asked]} of={detail} name={name} close={close} />}
    </>
  )
}

function Ask({ move, of: detail, name, close }: { move: Move; of: Detail; name: string; close: () => void }) {
  const command = useCommand((reason: string, headers) => move.call(detail, reason, headers), {
    affects: AFFECTS,
    done: () => `The mark of session ${detail.session_sequence} is ${move.done}.`
  })
  return (
    <Confirm
      opened
      close={close}
      title={`${move.verb}?`}
      verb={move.verb}
      destructive={move.destructive}
      busy={command.busy}
      reason
      confirm={command.run}
    >
      <Text size="sm">
        <b>{name}</b>, session {detail.session_sequence}. {move.says}
      </Text>
    </Confirm>
  )
}

/** The API's words for what the role can never do. */
function ofRole(reason: string | null | undefined): boolean {
  return reason?.startsWith('Your roles do not grant') === true
}
