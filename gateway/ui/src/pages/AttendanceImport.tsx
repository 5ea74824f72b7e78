import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Import } from '~/imports/Import'
import { attendanceImport } from '~/imports/kinds'

export function Page() {
  const { importId } = useParams({ from: '/shell/attendance/imports/$importId' })
  const { verdict, again = false } = useSearch({ from: '/shell/attendance/imports/$importId' })
  const navigate = useNavigate({ from: '/attendance/imports/$importId' })
  return (
    <Import
      kind={attendanceImport}
      id={importId}
      again={again}
      verdict={verdict}
      show={(verdict) => void navigate({ search: (old) => ({ ...old, verdict }), replace: true, resetScroll: false })}
    />
  )
}
