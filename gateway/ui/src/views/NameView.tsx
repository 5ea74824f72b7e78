import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import type { Problem } from '~/api/problem'
import { rules } from '~/api/rules'
import type { LISTS } from './MyViews'
import type { SavedView } from './savedViews'

type Props = {
  list: keyof typeof LISTS
  /** What is renamed; nothing when what is shown is kept. */
  view?: SavedView
  search: SavedView['search']
  others: readonly SavedView[]
  close: () => void
}

const { name: broken } = rules('SavedViewWish', { name: 'a name' })

/** Asks for a view's name; what is kept by a name one has already takes that view's place. */
export function NameView({ list, view, search, others, close }: Props) {
  const [name, setName] = useState(view?.name ?? '')
  const [error, setError] = useState<string | null>(null)
  const taken = view === undefined ? others.find((other) => other.name === name.trim()) : undefined
  const changed = view ?? taken
  const save = useCommand(
    (wanted: string, headers) =>
      changed === undefined
        ? api.POST('/api/v1/auth/me/views', { body: { page: list, name: wanted, search }, params: { header: headers } })
        : api.PATCH('/api/v1/auth/me/views/{view_id}', {
            body: view === undefined ? { search } : { name: wanted },
            params: { path: { view_id: changed.id }, header: { ...headers, ...ifMatch(changed) } }
          }),
    {
      affects: ['/api/v1/auth/me/views'],
      done: ({ name: kept }) => `The view ${kept} is saved.`,
      // oxlint-disable-next-line unicorn/no-thenable
      then: close,
      failed: (problem) => {
        const refusal = refusalOf(problem)
        setError(refusal)
        return refusal !== null
      }
    }
  )
  function submit(event: React.FormEvent) {
    event.preventDefault()
    const wrong = broken!(name)
    setError(wrong)
    if (wrong === null) void save.run(name.trim())
  }
  const field = { label: 'Name', required: true, value: name, error, 'data-autofocus': true } as const
  return (
    <Modal
      opened
      onClose={close}
      title={view === undefined ? 'Save as a view' : 'Rename the view'}
      attributes={{ header: { role: 'none' } }}
    >
      <form onSubmit={submit} noValidate autoComplete="off">
        <Stack gap={12}>
          <TextInput
            {...field}
            description={
              view === undefined
                ? 'Filters and columns as they are now. Only you see it. No names, no ID numbers.'
                : undefined
            }
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={save.busy}>
              {view !== undefined ? 'Rename view' : taken === undefined ? 'Save view' : 'Replace view'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** What stands in the way, said at the name: its own fault, or that of a filter the view would keep. */
function refusalOf({ code, detail, fields }: Problem): string | null {
  if (code === 'duplicate') return 'You have a view of this name.'
  if (code === 'too_many_views') return detail
  const [first] = fields
  return first === undefined ? null : [first.message, first.fix].filter(Boolean).join(' ')
}
