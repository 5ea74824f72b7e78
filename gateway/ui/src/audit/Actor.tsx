import { useMay } from '~/access'
import { queries } from '~/api/client'
import { ID, shortId } from '~/api/ids'
import { plain } from '~/words'

const MOST = 200
const KEPT_MS = 10 * 60_000

/** Names of accounts by id, for those who may see accounts; nothing for others. */
export function useNames(): Map<string, string> {
  const enabled = useMay()('users:view')
  const query = { limit: MOST }
  const { data } = queries.useQuery('get', '/api/v1/auth/users', { params: { query } }, { enabled, staleTime: KEPT_MS })
  return new Map(data?.items.map(({ id, name }) => [id, name]))
}

/** Who did it and as what: a name where one may be seen, else the end of the account's id. */
export function Actor({ id, role }: { id: string; role?: string }) {
  const names = useNames()
  const name = names.get(id) ?? (ID.test(id) ? shortId(id) : plain(id))
  const as = role === undefined || role === id ? '' : ` (${role})`
  return <span title={id}>{`${name}${as}`}</span>
}
