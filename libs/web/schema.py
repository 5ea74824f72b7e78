"""Tables the web rung keeps in each service's schema."""


def idempotency_v1(schema: str) -> list[str]:
    """SQL for a service's first migration: kept answers, encrypted, found by a digest of who, what and key."""
    return [
        f"""create table {schema}.idempotency (
    place bytea primary key,
    asked bytea not null,
    answer bytea,
    expires_at timestamptz not null
)""",
        f"create index idempotency_expires_at_idx on {schema}.idempotency (expires_at)",
    ]
