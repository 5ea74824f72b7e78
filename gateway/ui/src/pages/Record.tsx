import { useParams } from '@tanstack/react-router'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { PageHeader } from '~/components/PageHeader'
import { RunLink } from '~/runs/RunName'
import { Timeline } from '~/sync/Timeline'
import { recordWords } from '~/words'

export function Page() {
  const { recordType, recordId } = useParams({ from: '/shell/sync/$recordType/$recordId' })
  return (
    <>
      <PageHeader
        title={`${recordWords[recordType]} on its way to TPGateway`}
        below={recordType === 'run' ? <RunLink id={recordId} /> : <CopyId id={recordId} label="record id" />}
      >
        <Go to="/sync" search={{ record_type: recordType }}>
          All submissions of this kind
        </Go>
      </PageHeader>
      <Timeline recordType={recordType} recordId={recordId} />
    </>
  )
}
