import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schema } from '~/api/client'
import { instant } from '~/time'
import { By } from './By'
import { CopyId } from './CopyId'
import { Go } from './links'
import { Properties } from './Properties'

type Record = Pick<Schema['CourseView'], 'updated_at' | 'updated_by' | 'correlation_id'>
type Rows = ReadonlyArray<readonly [name: string, value: ReactNode]>
type Details = { of: Record; also?: Rows }

const NOTHING: Rows = []

/** The end of every record's panel: who changed it last, when, and the id under which all that came of it is found. */
export function Details({ of: record, also = NOTHING }: Details) {
  return (
    <section>
      <Title order={3} size="md" mb={8}>
        Details
      </Title>
      <Properties
        of={[
          ...also,
          ['Last changed by', <By key="by" id={record.updated_by} />],
          ['When', instant(record.updated_at)],
          [
            'Correlation id',
            <span key="id">
              <CopyId id={record.correlation_id} whole />{' '}
              <Go to="/ids/$id" params={{ id: record.correlation_id }}>
                Everything with this id
              </Go>
            </span>
          ]
        ]}
      />
    </section>
  )
}
