import { Button } from '@mantine/core'
import { Download } from 'lucide-react'
import { useCommand } from '~/api/command'
import type { Batch, Kind } from './kinds'
import { save } from './save'

/** The rows that are not taken, as they came and each with its reason, to mend and send again. */
export function LeftOut({ kind, batch }: { kind: Kind; batch: Batch }) {
  const fetch = useCommand((id: string, headers) => kind.leftOut(id, headers), {
    affects: [],
    done: () => 'The rows left out are saved. They hold personal data, and the download is on record.',
    // oxlint-disable-next-line unicorn/no-thenable
    then: (content) => save(content, 'left-out.csv')
  })
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<Download size={14} aria-hidden />}
      loading={fetch.busy}
      onClick={() => void fetch.run(batch.id)}
    >
      Download rows left out
    </Button>
  )
}
