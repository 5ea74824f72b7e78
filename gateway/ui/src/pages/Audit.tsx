import '@mantine/dates/styles.css'
import { Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Can } from '~/access'
import { Chain } from '~/audit/Chain'
import { Entries, type EntriesSearch } from '~/audit/Entries'
import { EntryPanel } from '~/audit/EntryPanel'
import { ExportButton } from '~/audit/ExportButton'
import { Reads } from '~/audit/Reads'
import { VerifyButton } from '~/audit/VerifyButton'
import { PageHeader } from '~/components/PageHeader'
import { SidePanel } from '~/components/SidePanel'
import type { AuditSearch } from '~/searches'

export function Page() {
  const { tab = 'entries', open, ...wanted } = useSearch({ from: '/shell/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const set = (changed: EntriesSearch) => void navigate({ search: (old) => ({ ...old, ...changed }), replace: true })
  const show = (seq: number | undefined) => void navigate({ search: (old) => ({ ...old, open: seq }) })
  const turn = (next: string | null) => void navigate({ search: { tab: next as AuditSearch['tab'] } })
  return (
    <>
      <PageHeader title="Audit log" below={<Chain />}>
        <Can do="audit:verify">
          <VerifyButton />
        </Can>
        <Can do="audit:export">
          <ExportButton search={wanted} />
        </Can>
      </PageHeader>
      <Tabs value={tab} onChange={turn} keepMounted={false}>
        <Tabs.List mb={16}>
          <Tabs.Tab value="entries">Entries</Tabs.Tab>
          <Tabs.Tab value="reads">Who saw whom</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="entries">
          <Entries search={wanted} set={set} show={show} />
        </Tabs.Panel>
        <Tabs.Panel value="reads">
          <Reads search={wanted} set={set} />
        </Tabs.Panel>
      </Tabs>
      <SidePanel title="Audit entry" opened={open !== undefined} close={() => show(undefined)} wide>
        {open !== undefined && <EntryPanel seq={open} />}
      </SidePanel>
    </>
  )
}
