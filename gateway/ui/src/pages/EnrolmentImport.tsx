import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Import } from '~/imports/Import'
import { enrolmentImport } from '~/imports/kinds'

export function Page() {
  const { importId } = useParams({ from: '/shell/enrolments/imports/$importId' })
  const { verdict, again = false } = useSearch({ from: '/shell/enrolments/imports/$importId' })
  const navigate = useNavigate({ from: '/enrolments/imports/$importId' })
  return (
    <Import
      kind={enrolmentImport}
      id={importId}
      again={again}
      verdict={verdict}
      show={(verdict) => void navigate({ search: (old) => ({ ...old, verdict }), replace: true, resetScroll: false })}
    />
  )
}
