import type { Schema } from '~/api/client'

type Roles = readonly Schema['RoleView'][]

const WIDTH = ['scoped', 'own', 'masked', 'all']

/** What somebody with these roles may do and how far: of several roles the widest reach counts. */
export function permissionsOf(roles: Roles, held: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const role of roles.filter((each) => held.includes(each.role))) {
    for (const [permission, reach] of Object.entries(role.permissions)) {
      const before = found.get(permission)
      if (before === undefined || WIDTH.indexOf(reach) > WIDTH.indexOf(before)) found.set(permission, reach)
    }
  }
  return found
}

export type Difference = { permission: string; before: string | undefined; after: string | undefined }

/** What changing from these roles to those gives and takes. */
export function difference(roles: Roles, from: readonly string[], to: readonly string[]): Difference[] {
  const before = permissionsOf(roles, from)
  const after = permissionsOf(roles, to)
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((permission) => ({ permission, before: before.get(permission), after: after.get(permission) }))
    .filter((each) => each.before !== each.after)
}
