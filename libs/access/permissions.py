"""Who may do what: the whole matrix as data, read by every service's doors, by the tests and by the UI.

Deny by default: a permission without a cell for a role is refused. `libs/access/README.md` explains the grants.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    OPS = "ops"
    TRAINER = "trainer"
    ASSESSOR = "assessor"
    AUDITOR = "auditor"
    FINANCE = "finance"
    SRE = "sre"
    SERVICE = "service"


class Grant(IntEnum):
    """How far a permission reaches; a holder of several roles has the widest."""

    SCOPED = 1  # service clients only: when the token carries the permission's name as a scope
    OWN = 2  # records the person is assigned to
    MASKED = 3  # every record, personal data masked
    ALL = 4  # every record


class Permission(StrEnum):
    USERS_VIEW = "users:view"
    USERS_WRITE = "users:write"
    CLIENTS_VIEW = "clients:view"
    CLIENTS_WRITE = "clients:write"
    KEYS_ROTATE = "keys:rotate"
    SELF = "self"  # one's own account: who am I, sign out, change my password
    COURSES_VIEW = "courses:view"
    COURSES_WRITE = "courses:write"
    RUNS_VIEW = "runs:view"
    RUNS_WRITE = "runs:write"
    RUNS_REOPEN = "runs:reopen"
    RUNS_OVERRIDE = "runs:override"
    TRAINERS_VIEW = "trainers:view"
    TRAINERS_WRITE = "trainers:write"
    TRAINERS_REVEAL = "trainers:reveal"
    TRAINEES_VIEW = "trainees:view"
    TRAINEES_WRITE = "trainees:write"
    TRAINEES_REVEAL = "trainees:reveal"
    TRAINEES_ERASE = "trainees:erase"  # after retention, by two people
    ENROLMENTS_VIEW = "enrolments:view"
    ENROLMENTS_WRITE = "enrolments:write"
    ENROLMENTS_REINSTATE = "enrolments:reinstate"
    ENROLMENTS_OVERRIDE = "enrolments:override"
    ENROLMENTS_IMPORT = "enrolments:import"
    ENROLMENTS_EXPORT = "enrolments:export"
    FEES_WRITE = "fees:write"
    FEES_REVERSE = "fees:reverse"
    ATTENDANCE_VIEW = "attendance:view"
    ATTENDANCE_MARK = "attendance:mark"
    ATTENDANCE_CORRECT = "attendance:correct"  # after the sheet is locked
    ATTENDANCE_VOID = "attendance:void"
    ATTENDANCE_REINSTATE = "attendance:reinstate"  # present again after it was voided
    ATTENDANCE_IMPORT = "attendance:import"
    ASSESSMENTS_VIEW = "assessments:view"
    ASSESSMENTS_ENTER = "assessments:enter"
    ASSESSMENTS_FINALISE = "assessments:finalise"
    ASSESSMENTS_AMEND = "assessments:amend"
    ASSESSMENTS_APPROVE = "assessments:approve"  # late amendments and an assessor's voids
    ASSESSMENTS_VOID = "assessments:void"
    ASSESSMENTS_OVERRIDE = "assessments:override"
    ASSESSMENT_RULES_WRITE = "assessment_rules:write"
    CERTIFICATES_ISSUE = "certificates:issue"  # and print: a certificate shows its holder's name
    POLICIES_WRITE = "policies:write"
    SYNC_VIEW = "sync:view"
    SYNC_REQUEUE = "sync:requeue"
    SYNC_DISCARD = "sync:discard"
    SYNC_HOLD = "sync:hold"
    SYNC_RECONCILE = "sync:reconcile"
    SYNC_REPAIR = "sync:repair"
    COMPLIANCE_HEALTH = "compliance:health"  # how many duties stand how, and nothing about any of them
    COMPLIANCE_VIEW = "compliance:view"
    COMPLIANCE_WAIVE = "compliance:waive"
    EVIDENCE_EXPORT = (
        "evidence:export"  # a run's evidence pack: everybody on it, masked, with its part of the audit log
    )
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    AUDIT_EXPORT = "audit:export"
    AUDIT_ATTEST = "audit:attest"  # have extracts made and documents signed with the audit log's key
    MESSAGING_VIEW = "messaging:view"
    MESSAGING_OPERATE = "messaging:operate"
    EVENTS_FEED = "events:feed"  # every service's whole log: for services and the gateway
    EVENTS_SUBSCRIBE = "events:subscribe"  # the feed for other systems, as far as the five below reach
    EVENTS_COURSES = "events:courses"
    EVENTS_ENROLMENTS = "events:enrolments"
    EVENTS_ATTENDANCE = "events:attendance"
    EVENTS_ASSESSMENTS = "events:assessments"
    EVENTS_SYNC = "events:sync"
    SUBMISSIONS_READ = "submissions:read"


_EVERYONE: dict[Role, Grant] = {role: Grant.ALL for role in Role if role is not Role.SERVICE}

MATRIX: Mapping[Permission, Mapping[Role, Grant]] = {
    Permission.USERS_VIEW: {Role.ADMIN: Grant.ALL, Role.AUDITOR: Grant.MASKED},
    Permission.USERS_WRITE: {Role.ADMIN: Grant.ALL},
    Permission.CLIENTS_VIEW: {Role.ADMIN: Grant.ALL, Role.AUDITOR: Grant.MASKED},
    Permission.CLIENTS_WRITE: {Role.ADMIN: Grant.ALL},
    Permission.KEYS_ROTATE: {Role.ADMIN: Grant.ALL},
    Permission.SELF: {**_EVERYONE, Role.SERVICE: Grant.ALL},
    Permission.COURSES_VIEW: {**_EVERYONE, Role.SERVICE: Grant.SCOPED},
    Permission.COURSES_WRITE: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.RUNS_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.FINANCE: Grant.MASKED,
        Role.SRE: Grant.MASKED,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.RUNS_WRITE: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.RUNS_REOPEN: {Role.ADMIN: Grant.ALL},
    Permission.RUNS_OVERRIDE: {Role.ADMIN: Grant.ALL},
    Permission.TRAINERS_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.FINANCE: Grant.MASKED,
        Role.SRE: Grant.MASKED,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.TRAINERS_WRITE: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.TRAINERS_REVEAL: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.TRAINEES_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.FINANCE: Grant.MASKED,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.TRAINEES_WRITE: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.TRAINEES_REVEAL: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
    },
    Permission.TRAINEES_ERASE: {Role.ADMIN: Grant.ALL},
    Permission.ENROLMENTS_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.FINANCE: Grant.ALL,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.ENROLMENTS_WRITE: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.ENROLMENTS_REINSTATE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.ENROLMENTS_OVERRIDE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.ENROLMENTS_IMPORT: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
    },
    Permission.ENROLMENTS_EXPORT: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.FINANCE: Grant.MASKED,
    },
    Permission.FEES_WRITE: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.FINANCE: Grant.ALL,
    },
    Permission.FEES_REVERSE: {
        Role.ADMIN: Grant.ALL,
        Role.FINANCE: Grant.ALL,
    },
    Permission.ATTENDANCE_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.ATTENDANCE_MARK: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
    },
    Permission.ATTENDANCE_CORRECT: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
    },
    Permission.ATTENDANCE_VOID: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
    },
    Permission.ATTENDANCE_REINSTATE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.ATTENDANCE_IMPORT: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.ASSESSMENTS_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.MASKED,
        Role.SERVICE: Grant.SCOPED,
    },
    Permission.ASSESSMENTS_ENTER: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.ASSESSOR: Grant.OWN,
    },
    Permission.ASSESSMENTS_FINALISE: {
        Role.ADMIN: Grant.ALL,
        Role.ASSESSOR: Grant.OWN,
    },
    Permission.ASSESSMENTS_AMEND: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.ASSESSOR: Grant.OWN,
    },
    Permission.ASSESSMENTS_APPROVE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.ASSESSMENTS_VOID: {
        Role.ADMIN: Grant.ALL,
        Role.ASSESSOR: Grant.OWN,
    },
    Permission.ASSESSMENTS_OVERRIDE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.ASSESSMENT_RULES_WRITE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.CERTIFICATES_ISSUE: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
    },
    Permission.POLICIES_WRITE: {
        Role.ADMIN: Grant.ALL,
    },
    Permission.SYNC_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.AUDITOR: Grant.MASKED,
        Role.SRE: Grant.MASKED,
    },
    Permission.SYNC_REQUEUE: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL, Role.SRE: Grant.MASKED},
    Permission.SYNC_DISCARD: {Role.ADMIN: Grant.ALL},
    Permission.SYNC_HOLD: {Role.ADMIN: Grant.ALL, Role.SRE: Grant.MASKED},
    Permission.SYNC_RECONCILE: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.SYNC_REPAIR: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.ALL},
    Permission.COMPLIANCE_HEALTH: _EVERYONE,
    Permission.COMPLIANCE_VIEW: {
        Role.ADMIN: Grant.ALL,
        Role.OPS: Grant.ALL,
        Role.TRAINER: Grant.OWN,
        Role.ASSESSOR: Grant.OWN,
        Role.AUDITOR: Grant.ALL,
        Role.FINANCE: Grant.ALL,
    },
    Permission.COMPLIANCE_WAIVE: {Role.ADMIN: Grant.ALL},
    Permission.EVIDENCE_EXPORT: {Role.ADMIN: Grant.MASKED, Role.OPS: Grant.MASKED, Role.AUDITOR: Grant.MASKED},
    Permission.AUDIT_READ: {Role.ADMIN: Grant.ALL, Role.OPS: Grant.OWN, Role.AUDITOR: Grant.ALL},
    Permission.AUDIT_VERIFY: {Role.ADMIN: Grant.ALL, Role.AUDITOR: Grant.ALL, Role.SRE: Grant.ALL},
    Permission.AUDIT_EXPORT: {Role.ADMIN: Grant.ALL, Role.AUDITOR: Grant.ALL},
    Permission.AUDIT_ATTEST: {Role.SERVICE: Grant.SCOPED},
    Permission.MESSAGING_VIEW: {Role.ADMIN: Grant.ALL, Role.SRE: Grant.MASKED, Role.SERVICE: Grant.SCOPED},
    Permission.MESSAGING_OPERATE: {Role.ADMIN: Grant.ALL, Role.SRE: Grant.MASKED, Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_FEED: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_SUBSCRIBE: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_COURSES: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_ENROLMENTS: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_ATTENDANCE: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_ASSESSMENTS: {Role.SERVICE: Grant.SCOPED},
    Permission.EVENTS_SYNC: {Role.SERVICE: Grant.SCOPED},
    Permission.SUBMISSIONS_READ: {Role.SERVICE: Grant.SCOPED},
}
