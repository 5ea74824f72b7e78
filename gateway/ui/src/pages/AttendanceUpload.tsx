import { useNavigate, useSearch } from '@tanstack/react-router'
import { attendanceImport } from '~/imports/kinds'
import { Upload } from '~/imports/Upload'

export function Page() {
  const { run_id: runId } = useSearch({ from: '/shell/attendance/import' })
  const navigate = useNavigate({ from: '/attendance/import' })
  return (
    <Upload
      kind={attendanceImport}
      runId={runId ?? null}
      setRunId={(id) => void navigate({ search: { run_id: id ?? undefined }, replace: true })}
    />
  )
}
