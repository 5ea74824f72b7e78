import { useQuery } from '@tanstack/react-query'
import { lazyRouteComponent, redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cache } from './api/cache'
import { queries, type Schema } from './api/client'
import { maybeSignedIn } from './api/session'
import { NotForRole } from './components/Refused'

// The API decides who may; these only keep people from walking into walls.

export type Permission = Schema['Permission']
export type Me = Schema['MeView']

const mine = queries.queryOptions('get', '/api/v1/auth/me', {}, { staleTime: Infinity })

/** Who is signed in; the shell is drawn only when somebody is. */
export function useMe(): Me {
  const { data } = useQuery(mine)
  if (data === undefined) throw new Error('nobody is signed in')
  return data
}

export function may(me: Me, permission: Permission): boolean {
  return permission in me.permissions
}

export function useMay(): (permission: Permission) => boolean {
  const me = useMe()
  return (permission) => may(me, permission)
}

/** Shows what is inside only to those who may ever do it. */
export function Can({ do: permission, children }: { do: Permission; children: ReactNode }) {
  return useMay()(permission) ? children : null
}

/** For a route's `beforeLoad`: only who is signed in, others sign in first and come back. */
export async function signedIn({ location }: { location: { href: string } }): Promise<void> {
  if (!maybeSignedIn()) throw redirect({ to: '/sign-in', search: { back: location.href } })
  try {
    await cache.ensureQueryData(mine)
  } catch (error) {
    if (!maybeSignedIn()) throw redirect({ to: '/sign-in', search: { back: location.href } })
    throw error
  }
}

/** A route's page, for those who hold the permission; others read which one they would need. */
export function guarded(permission: Permission, load: () => Promise<{ Page: () => ReactNode }>) {
  const Page = lazyRouteComponent(load, 'Page')
  function Guarded() {
    return useMay()(permission) ? <Page /> : <NotForRole permission={permission} />
  }
  return Object.assign(Guarded, { preload: Page.preload })
}
