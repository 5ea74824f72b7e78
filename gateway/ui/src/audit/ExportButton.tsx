import { Button, SegmentedControl, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { api, type Schema } from '~/api/client'
import { useCommand } from '~/api/command'
import { download, keep } from '~/api/download'
import { Confirm } from '~/components/Confirm'
import type { AuditSearch } from '~/searches'
import { asked, everything, RangeFields } from './Range'

type Format = NonNullable<Schema['ExportWish']['format']>

const forms = [
  { value: 'pack', label: 'Pack with proofs' },
  { value: 'lines', label: 'JSON lines' }
]

/** Takes entries out of the system: as a pack anybody can check without it, or as plain lines. On record with its reason. */
export function ExportButton({ search }: { search: AuditSearch }) {
  const [opened, { open, close }] = useDisclosure()
  const [range, setRange] = useState(everything)
  const [format, setFormat] = useState<Format>('pack')
  const take = useCommand(
    (reason: string, headers) =>
      download(
        api.POST('/api/v1/audit/export', {
          body: { ...asked(range), ...onlyAbout(search), format, reason },
          headers,
          parseAs: 'blob'
        })
      ),
    {
      affects: ['/api/v1/audit'],
      done: ({ name }) => `${name} is downloaded; that it was taken is on record.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: keep
    }
  )
  return (
    <>
      <Button variant="default" leftSection={<Download size={14} aria-hidden />} onClick={open}>
        Export
      </Button>
      <Confirm
        opened={opened}
        close={close}
        title="Export entries"
        verb="Export entries"
        busy={take.busy}
        reason
        confirm={take.run}
      >
        <Stack gap={12}>
          <SegmentedControl
            aria-label="Form"
            data={forms}
            value={format}
            onChange={(value) => setFormat(value as Format)}
          />
          <Text size="sm">
            {format === 'pack'
              ? 'A ZIP with the entries, the signed root above them, the public keys and a program that checks all of it without this system.'
              : 'One JSON object a line, as it is stored. Nothing in it proves that it is whole.'}
          </Text>
          <RangeFields value={range} set={setRange} />
          <Text size="sm">{scopeWords(search)}</Text>
        </Stack>
      </Confirm>
    </>
  )
}

/** What the API can leave out: everything not about one record, or not with one correlation id. */
function onlyAbout(search: AuditSearch): Pick<Schema['ExportWish'], 'subjects' | 'correlation_id'> {
  const { subject_type: type, subject_id: id, correlation_id } = search
  return { subjects: type && id ? [{ type, id }] : [], correlation_id: correlation_id ?? null }
}

function scopeWords(search: AuditSearch): string {
  const { subjects, correlation_id } = onlyAbout(search)
  if (subjects.length > 0) return 'Only entries about the record you filter by.'
  if (correlation_id) return 'Only entries with the correlation id you filter by.'
  return 'Every entry of the range, whatever you filter by on the page.'
}
