import type { Permission } from '~/access'
import type { Schema } from '~/api/client'

// What each role is for and each permission lets somebody do, in words. The types make both lists complete.

export const roleWords: Record<Schema['Role'], { name: string; says: string }> = {
  admin: { name: 'Administrator', says: 'Everything, accounts and decisions by two people included.' },
  ops: { name: 'Operations', says: 'Plans runs, enrols people, keeps records and sees that TPGateway has them.' },
  trainer: { name: 'Trainer', says: 'Their own runs: who attends, and the register.' },
  assessor: { name: 'Assessor', says: 'The runs they assess: results, and making them stand.' },
  auditor: { name: 'Auditor', says: 'Reads everything with personal data masked; verifies and exports the audit log.' },
  finance: { name: 'Finance', says: 'Enrolments and fees.' },
  sre: { name: 'Site reliability', says: 'Keeps messages and submissions moving, without seeing people.' },
  service: { name: 'Another system', says: 'A client with scopes of its own; nobody signs in with it.' }
}

export const permissionWords: Record<Permission, string> = {
  'users:view': 'see accounts',
  'users:write': 'make and change accounts',
  'clients:view': 'see clients of other systems',
  'clients:write': 'make and change clients',
  'keys:rotate': 'see and rotate signing keys',
  self: 'their own account',
  'courses:view': 'see courses',
  'courses:write': 'change courses and venues',
  'runs:view': 'see runs',
  'runs:write': 'plan, publish, confirm, close and cancel runs',
  'runs:reopen': 'reopen closed runs',
  'runs:override': 'set rules of runs aside',
  'trainers:view': 'see trainers',
  'trainers:write': 'change trainers',
  'trainers:reveal': 'show a trainer’s whole ID number',
  'trainees:view': 'see trainees',
  'trainees:write': 'change trainees',
  'trainees:reveal': 'show a trainee’s whole ID number',
  'trainees:erase': 'erase a person, with somebody else',
  'enrolments:view': 'see enrolments',
  'enrolments:write': 'enrol, confirm, transfer and cancel',
  'enrolments:reinstate': 'reinstate who was cancelled or withdrew',
  'enrolments:override': 'set rules of enrolments aside',
  'enrolments:import': 'import enrolments from a file',
  'enrolments:export': 'take enrolments out as a file',
  'fees:write': 'record what was paid',
  'fees:reverse': 'take back what was recorded as paid',
  'attendance:view': 'see attendance',
  'attendance:mark': 'mark attendance',
  'attendance:correct': 'correct marks after the sheet is locked',
  'attendance:void': 'void marks',
  'attendance:reinstate': 'bring voided marks back',
  'attendance:import': 'import attendance from a file',
  'assessments:view': 'see assessments; masked, without what they say',
  'assessments:enter': 'enter results as drafts',
  'assessments:finalise': 'make results stand',
  'assessments:amend': 'amend results, or propose it',
  'assessments:approve': 'decide what others propose',
  'assessments:void': 'void results, or ask for it',
  'assessments:override': 'set minimum attendance aside',
  'assessment_rules:write': 'change what results are judged by',
  'certificates:issue': 'issue, print and revoke certificates',
  'policies:write': 'change the dates and limits of compliance',
  'sync:view': 'see submissions to TPGateway',
  'sync:requeue': 'queue submissions again',
  'sync:discard': 'give submissions up',
  'sync:hold': 'hold all sending',
  'sync:reconcile': 'compare with TPGateway',
  'sync:repair': 'mend what differs at TPGateway',
  'compliance:health': 'see how many duties stand how',
  'compliance:view': 'see what is owed, and when',
  'compliance:waive': 'let a duty go',
  'evidence:export': 'take the evidence of a run out',
  'audit:read': 'read the audit log; own means without accounts of others',
  'audit:verify': 'verify the audit log',
  'audit:export': 'take the audit log out',
  'audit:attest': 'have documents signed with the audit log’s key',
  'messaging:view': 'see messages that failed',
  'messaging:operate': 'replay and discard messages',
  'events:feed': 'hear every service’s whole log',
  'events:subscribe': 'hear events, as far as the areas reach',
  'events:courses': 'hear events about courses and runs',
  'events:enrolments': 'hear events about enrolments',
  'events:attendance': 'hear events about attendance',
  'events:assessments': 'hear events about assessments',
  'events:sync': 'hear events about submissions',
  'submissions:read': 'read what is submitted, in clear'
}

export const reachWords: Record<string, string> = {
  all: 'all of them',
  masked: 'all, personal data masked',
  own: 'only their own',
  scoped: 'with that scope'
}

export function permissionName(permission: string): string {
  return permissionWords[permission as Permission] ?? permission
}

export function roleName(role: string): string {
  return roleWords[role as Schema['Role']]?.name ?? role
}

/** Scopes a client may have, as areas of what it may hear or do. */
export const forPeople = (Object.keys(roleWords) as Schema['Role'][]).filter((role) => role !== 'service')
