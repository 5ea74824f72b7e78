import { Anchor } from '@mantine/core'
import { useConfig } from '~/api/config'

/** Leads to the trace where this deployment has a place to look at traces; else nothing. */
export function TraceLink({ id, children = 'Open trace' }: { id: string | null | undefined; children?: string }) {
  const template = useConfig()?.trace_url
  if (!id || !template) return null
  return (
    <Anchor href={template.replace('{trace_id}', id)} target="_blank" rel="noreferrer" size="sm">
      {children}
    </Anchor>
  )
}
