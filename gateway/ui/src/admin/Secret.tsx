import { Alert, Stack, Text } from '@mantine/core'
import { CopyId } from '~/components/CopyId'
import type { Schema } from '~/api/client'

/** A client's secret, this once: only a digest of it is kept. */
export function Secret({ of: { client, secret } }: { of: Schema['ClientSecretView'] }) {
  return (
    <Alert color="warn" variant="outline" title="Copy the secret now: it is never shown again">
      <Stack gap={8}>
        <div>
          <Text size="sm">Client id</Text>
          <CopyId id={client.id} label="client id" whole />
        </div>
        <div>
          <Text size="sm">Client secret</Text>
          <CopyId id={secret} label="client secret" whole />
        </div>
      </Stack>
    </Alert>
  )
}
