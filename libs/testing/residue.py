"""What a database still holds: every row of every table as text, looked through for what must not be there."""

from collections.abc import Iterable

import asyncpg

from libs.database.engine import plain_url

TABLES = """
select format('%I.%I', schemaname, tablename) from pg_tables
where schemaname not in ('pg_catalog', 'information_schema') order by 1
"""


async def residue(url: str, needles: Iterable[str | bytes]) -> list[str]:
    """`table: needle` for each that stands anywhere, texts in any case, bytes in full; empty when nothing is left.

    Bytes are kept as hexadecimal digits in what is looked through, and texts also in the bytes they would be.
    """
    wanted = [needle.lower() if isinstance(needle, str) else needle.hex() for needle in needles]
    connection = await asyncpg.connect(plain_url(url))
    try:
        found = []
        for (table,) in await connection.fetch(TABLES):
            rows = await connection.fetch(f"select t::text as row from {table} t")  # noqa: S608 - the catalogue's own names
            text = "\n".join(row["row"] for row in rows).lower()
            found += [f"{table}: {each}" for each in wanted if each in text or each.encode().hex() in text]
        return found
    finally:
        await connection.close()


async def sealed_with_own_keys(url: str) -> list[tuple[str, bytes]]:
    """Every value in any column of bytes that was sealed with somebody's own key, with its table and column.

    Longer than a digest, which may begin like one by chance, and with the id of a person at its head.
    """
    columns = """
        select table_schema, table_name, column_name from information_schema.columns
        where data_type = 'bytea' and table_schema not in ('pg_catalog', 'information_schema')
    """
    connection = await asyncpg.connect(plain_url(url))
    try:
        found = []
        for schema, table, column in await connection.fetch(columns):
            values = await connection.fetch(
                f'select "{column}" as value from "{schema}"."{table}" '  # noqa: S608 - the catalogue's own names
                f'where length("{column}") > 44 and get_byte("{column}", 0) = 2'
            )
            found += [(f"{schema}.{table}.{column}", bytes(row["value"])) for row in values]
        return found
    finally:
        await connection.close()
