import { useMay } from '~/access'
import { shortId } from '~/api/ids'
import { CopyId } from '~/components/CopyId'
import { Go } from '~/components/links'
import { plain } from '~/words'

/** The record an entry is about: a link where it has a page, else its id to take away. */
export function Subject({ type, id }: { type: string; id: string }) {
  const may = useMay()
  const text = `${plain(type)} ${shortId(id)}`
  if (type === 'run' && may('runs:view'))
    return (
      <Go to="/runs/$runId" params={{ runId: id }}>
        {text}
      </Go>
    )
  if (type === 'enrolment' && may('enrolments:view'))
    return (
      <Go to="/enrolments" search={{ open: id }}>
        {text}
      </Go>
    )
  if (type === 'assessment' && may('assessments:view'))
    return (
      <Go to="/assessments" search={{ open: id }}>
        {text}
      </Go>
    )
  if (type === 'user' && may('users:view'))
    return (
      <Go to="/admin/users" search={{ open: id }}>
        {text}
      </Go>
    )
  return (
    <>
      {plain(type)} <CopyId id={id} label={`${plain(type).toLowerCase()} id`} />
    </>
  )
}
