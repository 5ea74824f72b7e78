import { api, type Schema } from '~/api/client'
import { ifMatch, type CommandHeaders } from '~/api/command'

export type Detail = Schema['EnrolmentDetail']
export type Wish = { record: Detail; reason: string; override: boolean; runId: string | null }
export type Move = {
  verb: string
  /** What it does, in the dialog. */
  says: string
  reason: boolean
  destructive?: boolean
  /** A rule that stands in the way may be set aside, by those who may, with a reason. */
  overridable?: boolean
  elsewhere?: boolean
  call: (wish: Wish, headers: CommandHeaders) => Promise<{ data?: Detail }>
}

const at = ({ record }: Wish, headers: CommandHeaders) => ({
  path: { enrolment_id: record.id },
  header: { ...headers, ...ifMatch(record) }
})
const overriding = ({ override, reason }: Wish) => (override ? { override, reason } : { override })

/** What a person may ask of an enrolment, by the API's own names; which fits now, `allowed_actions` says. */
export const moves: Record<string, Move> = {
  confirm: {
    verb: 'Confirm',
    says: 'Takes a free seat, or the last place in the queue when none is free. A seat is reported to TPGateway.',
    reason: false,
    overridable: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/confirm', { params: at(wish, headers), body: overriding(wish) })
  },
  offer: {
    verb: 'Offer a seat',
    says: 'Holds a free seat for this person until the offer ends.',
    reason: false,
    overridable: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/offer', { params: at(wish, headers), body: overriding(wish) })
  },
  accept: {
    verb: 'Accept the offer',
    says: 'Takes the seat that is held. It is reported to TPGateway.',
    reason: false,
    call: (wish, headers) => api.POST('/api/v1/enrolments/{enrolment_id}/accept', { params: at(wish, headers) })
  },
  decline: {
    verb: 'Decline the offer',
    says: 'Gives the seat to the next in the queue.',
    reason: true,
    destructive: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/decline', {
        params: at(wish, headers),
        body: { reason: wish.reason }
      })
  },
  transfer: {
    verb: 'Transfer',
    says: 'Goes on in another run; money paid goes along.',
    reason: true,
    overridable: true,
    elsewhere: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/transfer', {
        params: at(wish, headers),
        body: { run_id: wish.runId ?? '', reason: wish.reason, override: wish.override }
      })
  },
  cancel: {
    verb: 'Cancel enrolment',
    says: 'Gives the place up before the run starts. The next in the queue is offered it.',
    reason: true,
    destructive: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/cancel', { params: at(wish, headers), body: { reason: wish.reason } })
  },
  withdraw: {
    verb: 'Withdraw',
    says: 'Leaves a run under way. Attendance stays.',
    reason: true,
    destructive: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/withdraw', {
        params: at(wish, headers),
        body: { reason: wish.reason }
      })
  },
  reinstate: {
    verb: 'Reinstate',
    says: 'Back on a seat. TPGateway gets a new enrolment.',
    reason: true,
    overridable: true,
    call: (wish, headers) =>
      api.POST('/api/v1/enrolments/{enrolment_id}/reinstate', {
        params: at(wish, headers),
        body: { reason: wish.reason, override: wish.override }
      })
  }
}
