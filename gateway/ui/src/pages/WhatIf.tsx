import '@mantine/dates/styles.css'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { queries } from '~/api/client'
import { Foretold } from '~/compliance/Foretold'
import { WhatIfForm } from '~/compliance/WhatIfForm'
import { Empty } from '~/components/Empty'
import { Loaded } from '~/components/Loaded'
import { PageHeader } from '~/components/PageHeader'
import { Section } from '~/components/Section'
import type { WhatIfSearch } from '~/searches'

export function Page() {
  const search = useSearch({ from: '/shell/compliance/simulate' })
  const navigate = useNavigate({ from: '/compliance/simulate' })
  const asked = search.hours !== undefined || search.limits !== undefined
  return (
    <>
      <PageHeader title="What if" below="How today’s duties would stand. Nothing is changed by asking." />
      <Section title="Suppose">
        <WhatIfForm key={JSON.stringify(search)} search={search} ask={(next) => void navigate({ search: next })} />
      </Section>
      {asked ? <Answer search={search} /> : <Empty>Say what to suppose, and the answer stands here.</Empty>}
    </>
  )
}

function Answer({ search: { hours, began_at, limits, limits_from, at } }: { search: WhatIfSearch }) {
  const outage = hours === undefined ? undefined : { hours, began_at }
  const foretold = queries.useQuery(
    'post',
    '/api/v1/compliance/simulate',
    { body: { outage, limits: limits ?? [], limits_from, at } },
    { staleTime: 0, retry: false }
  )
  return <Loaded of={foretold}>{(found) => <Foretold of={found} />}</Loaded>
}
