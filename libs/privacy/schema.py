"""The table of data keys, as each service that keeps people's data makes it in its own schema."""


def data_key_v1(schema: str) -> list[str]:
    """SQL for a migration: one sealed key an owner. A destroyed one leaves its row, so that none is made in its place.

    Vacuumed at the first dead row: what a destroyed or replaced key leaves behind on its page is not to lie there.
    """
    return [
        f"""create table {schema}.data_key (
    owner uuid primary key,
    wrapped bytea,
    created_at timestamptz not null,
    destroyed_at timestamptz,
    constraint data_key_destroyed_check check ((wrapped is null) = (destroyed_at is not null))
) with (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)""",
        f"create index data_key_standing_idx on {schema}.data_key (owner) where wrapped is not null",
        f"""create function {schema}.guard_data_key() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.wrapped is null then
        raise exception 'a destroyed key stays destroyed, and no key''s row goes' using errcode = 'restrict_violation';
    end if;
    return new;
end $$""",
        f"""create trigger guard_data_key before update or delete on {schema}.data_key
for each row execute function {schema}.guard_data_key()""",
    ]
