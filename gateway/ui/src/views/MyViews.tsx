import { Button, Menu } from '@mantine/core'
import { Bookmark, Check, ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { api, queries } from '~/api/client'
import { ifMatch, useCommand } from '~/api/command'
import { Confirm } from '~/components/Confirm'
import { GoMenuItem } from '~/components/links'
import { NameView } from './NameView'
import { same, viewOf, type SavedView, type Search } from './savedViews'

/** Where each list that views are kept of stands. */
export const LISTS = { runs: '/runs', enrolments: '/enrolments', sync_jobs: '/sync', deadlines: '/compliance' } as const

type Props = { list: keyof typeof LISTS; search: Search | null }
type Asked = 'save' | 'rename' | 'delete' | null

/** One's own views of a list, kept with one's account: go to one, keep what is shown as one, rename or delete it. */
export function MyViews({ list, search }: Props) {
  const [asked, ask] = useState<Asked>(null)
  const { data } = queries.useQuery('get', '/api/v1/auth/me/views', { params: { query: { page: list } } })
  const views = data?.items ?? []
  const here = search === null ? undefined : views.find((view) => same(view.search, search))
  const close = () => ask(null)
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button
            size="xs"
            variant={here === undefined ? 'subtle' : 'default'}
            color="idle.9"
            c="var(--mantine-color-text)"
            leftSection={<Bookmark size={14} aria-hidden />}
            rightSection={<ChevronDown size={14} aria-hidden />}
          >
            {here?.name ?? 'My views'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{views.length === 0 ? 'No view of yours yet' : 'My views'}</Menu.Label>
          {views.map((view) => (
            <GoMenuItem
              key={view.id}
              to={LISTS[list]}
              // It was this list's own address when it was kept.
              search={view.search as never}
              activeOptions={{ exact: true }}
              aria-current={view === here ? 'page' : undefined}
              leftSection={<Check size={14} aria-hidden visibility={view === here ? undefined : 'hidden'} />}
            >
              {view.name}
            </GoMenuItem>
          ))}
          {search !== null && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => ask('save')}>Save as a view…</Menu.Item>
            </>
          )}
          {here !== undefined && (
            <>
              <Menu.Item onClick={() => ask('rename')}>Rename this view…</Menu.Item>
              <Menu.Item onClick={() => ask('delete')}>Delete this view…</Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {asked === 'save' && search !== null && (
        <NameView list={list} search={viewOf(search)} others={views} close={close} />
      )}
      {asked === 'rename' && here !== undefined && (
        <NameView list={list} view={here} search={here.search} others={views} close={close} />
      )}
      {asked === 'delete' && here !== undefined && <Delete view={here} close={close} />}
    </>
  )
}

function Delete({ view, close }: { view: SavedView; close: () => void }) {
  const command = useCommand(
    (_: void, headers) =>
      api.DELETE('/api/v1/auth/me/views/{view_id}', {
        params: { path: { view_id: view.id }, header: { ...headers, ...ifMatch(view) } }
      }),
    { affects: ['/api/v1/auth/me/views'], done: () => `The view ${view.name} is deleted.` }
  )
  return (
    <Confirm
      opened
      close={close}
      title={`Delete the view ${view.name}?`}
      verb="Delete view"
      destructive
      busy={command.busy}
      confirm={() => command.run()}
    >
      What the list shows now stays until you leave it. Nobody else has this view.
    </Confirm>
  )
}
