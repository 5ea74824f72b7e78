import { useQuery } from '@tanstack/react-query'
import { redirect } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { cache } from './api/cache'
import { queries, type Schema } from './api/client'
import { maybeSignedIn } from './api/session'

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

/** The role cannot open this page; its name is told, so that somebody knows what to ask for. */
export class NotForRole extends Error {
  readonly permission: Permission

  constructor(permission: Permission) {
    super(`This page needs the permission ${permission}.`)
    this.name = 'NotForRole'
    this.permission = permission
  }
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

/** For a route's `beforeLoad`: only who holds the permission. */
export function needs(permission: Permission): () => Promise<void> {
  return async () => {
    if (!may(await cache.ensureQueryData(mine), permission)) throw new NotForRole(permission)
  }
}
