import { Button, Text } from '@mantine/core'
import { useState } from 'react'
import { Can } from '~/access'
import { api, type Schema } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { kindWords } from '~/words'

type Job = Pick<Schema['JobView'], 'id' | 'version' | 'kind' | 'state' | 'tries'>

const AFFECTS = ['/api/v1/sync', '/api/v1/dead-letters', '/api/v1/course-runs', '/api/v1/enrolments'] as const

/** Only a rejected or dead submission waits for a person: queue it again, or give it up for good. */
export function JobActions({ job }: { job: Job }) {
  const [asked, ask] = useState<'requeue' | 'discard' | null>(null)
  const at = { params: { path: { job_id: job.id }, header: ifMatch(job) } }
  const name = kindWords[job.kind]
  const requeue = useCommand(
    (reason: string, headers) => api.POST('/api/v1/sync/jobs/{job_id}/requeue', { ...at, body: { reason }, headers }),
    { affects: AFFECTS, done: () => `“${name}” is queued again.` }
  )
  const discard = useCommand(
    (reason: string, headers) => api.POST('/api/v1/sync/jobs/{job_id}/discard', { ...at, body: { reason }, headers }),
    { affects: AFFECTS, done: () => `“${name}” is discarded.` }
  )
  if (job.state !== 'rejected' && job.state !== 'dead_lettered') return null
  const close = () => ask(null)
  return (
    <>
      <Can do="sync:requeue">
        <Button variant="default" size="xs" onClick={() => ask('requeue')}>
          Queue again
        </Button>
      </Can>
      <Can do="sync:discard">
        <Button variant="default" size="xs" onClick={() => ask('discard')}>
          Discard
        </Button>
      </Can>
      <Confirm
        opened={asked === 'requeue'}
        close={close}
        title={`Queue “${name}” again?`}
        verb="Queue again"
        busy={requeue.busy}
        reason
        confirm={requeue.run}
      >
        <Text size="sm">
          The record is read anew and sent with a fresh series of attempts. It was tried {job.tries} times so far.
        </Text>
      </Confirm>
      <Confirm
        opened={asked === 'discard'}
        close={close}
        title={`Discard “${name}”?`}
        verb="Discard submission"
        destructive
        busy={discard.busy}
        reason
        confirm={discard.run}
      >
        <Text size="sm">
          TPGateway will not be told of this. The record keeps saying so until another submission is done.
        </Text>
      </Confirm>
    </>
  )
}
