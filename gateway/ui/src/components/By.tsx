import { useMay, useMe } from '~/access'
import { queries } from '~/api/client'
import { ID } from '~/api/ids'
import { plain } from '~/words'
import { CopyId } from './CopyId'

const ACCOUNTS = { params: { query: { limit: 200 } } }

/** Who did something: oneself, a name for those who may see accounts, else an id to ask an administrator with. */
export function By({ id, you = 'You' }: { id: string | null | undefined; you?: string }) {
  const me = useMe()
  const may = useMay()
  if (!id) return '–'
  if (id === me.id) return you
  if (!ID.test(id)) return plain(id)
  return may('users:view') ? <Named id={id} /> : <CopyId id={id} label="account id" />
}

/** One question for all who are named on a page; services have no account and keep their id. */
function Named({ id }: { id: string }) {
  const accounts = queries.useQuery('get', '/api/v1/auth/users', ACCOUNTS)
  const name = accounts.data?.items.find((account) => account.id === id)?.name
  return name ?? <CopyId id={id} label="account id" />
}
