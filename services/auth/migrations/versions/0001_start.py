"""People, clients, sign-ins, signing keys, and the tables every service shares."""

from alembic import op

from libs.outbox.schema import messaging_v1
from libs.web.schema import idempotency_v1

revision = "0001"
down_revision = None

RECORD = """
    id uuid primary key,
    version integer not null default 1,
    created_at timestamptz not null,
    created_by varchar not null,
    updated_at timestamptz not null,
    updated_by varchar not null,
    correlation_id uuid not null"""

TABLES = [
    f"""create table auth.user_account ({RECORD},
    status text not null constraint user_account_status_check check (status in ('active', 'disabled')),
    roles text[] not null constraint user_account_roles_check check (cardinality(roles) > 0),
    email_sealed bytea not null,
    email_index bytea not null,
    name_sealed bytea not null,
    password_hash varchar not null
)""",
    "create unique index user_account_email_index_key on auth.user_account (email_index)",
    f"""create table auth.client ({RECORD},
    name varchar not null,
    status text not null constraint client_status_check check (status in ('active', 'disabled')),
    scopes text[] not null,
    secret_digest bytea not null,
    previous_digest bytea,
    previous_until timestamptz
)""",
    "create unique index client_name_key on auth.client (name)",
    """create table auth.guard (
    email_index bytea primary key,
    failures integer not null,
    lockouts integer not null,
    failed_at timestamptz not null,
    locked_until timestamptz
)""",
    "create index guard_failed_at_idx on auth.guard (failed_at)",
    """create table auth.sign_in (
    id uuid primary key,
    user_id uuid not null references auth.user_account (id),
    began_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    ending text,
    constraint sign_in_ended_check check ((ended_at is null) = (ending is null))
)""",
    "create index sign_in_user_idx on auth.sign_in (user_id) where ended_at is null",
    "create index sign_in_expires_at_idx on auth.sign_in (expires_at)",
    """create table auth.refresh_token (
    digest bytea primary key,
    sign_in_id uuid not null references auth.sign_in (id) on delete cascade,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
)""",
    "create index refresh_token_sign_in_idx on auth.refresh_token (sign_in_id)",
    """create table auth.signing_key (
    id uuid primary key,
    state text not null constraint signing_key_state_check check (state in ('next', 'active', 'retiring')),
    public_key bytea not null,
    private_sealed bytea,
    created_at timestamptz not null,
    activated_at timestamptz,
    verifies_until timestamptz,
    constraint signing_key_private_gone_check check ((private_sealed is null) = (state = 'retiring')),
    constraint signing_key_ends_check check ((verifies_until is not null) = (state = 'retiring'))
)""",
    "create unique index signing_key_active_key on auth.signing_key (state) where state = 'active'",
    "create unique index signing_key_next_key on auth.signing_key (state) where state = 'next'",
]


def upgrade() -> None:
    for statement in [*TABLES, *messaging_v1("auth"), *idempotency_v1("auth")]:
        op.execute(statement)
