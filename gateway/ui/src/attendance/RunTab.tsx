import { useState } from 'react'
import type { Schema } from '~/api/client'
import { RunRegister } from './RunRegister'

/** The register as a tab of the run's page. */
export function RunTab({ run }: { run: Schema['RunDetail'] }) {
  const [mark, show] = useState<string>()
  return <RunRegister runId={run.id} run={run} mark={mark} show={show} />
}
