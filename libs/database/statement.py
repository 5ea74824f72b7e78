"""SQL that lives in one service's schema."""

from sqlalchemy import TextClause, text


def in_schema(schema: str, sql: str) -> TextClause:
    """The statement with `$S` standing for the schema's name, which is always the code's own and never input."""
    return text(sql.replace("$S", schema))
