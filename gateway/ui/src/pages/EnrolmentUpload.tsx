import { useNavigate, useSearch } from '@tanstack/react-router'
import { enrolmentImport } from '~/imports/kinds'
import { Upload } from '~/imports/Upload'

export function Page() {
  const { run_id: runId } = useSearch({ from: '/shell/enrolments/import' })
  const navigate = useNavigate({ from: '/enrolments/import' })
  return (
    <Upload
      kind={enrolmentImport}
      runId={runId ?? null}
      setRunId={(id) => void navigate({ search: { run_id: id ?? undefined }, replace: true })}
    />
  )
}
