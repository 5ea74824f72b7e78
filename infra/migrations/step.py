"""Every migration of every service as the statements it would run, without a database."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script

from infra.local.layout import ROOT
from libs.database.migrations import steps_of

Narrows = Mapping[str, tuple[str, str]]
"""What a migration declares: by rule, since when nothing misses it, and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One migration. What it `narrows` it says itself, in a variable of that name."""

    service: str
    revision: str
    sql: str
    narrows: Narrows

    @property
    def title(self) -> str:
        return f"{self.service} {self.revision}"


def every_step() -> Iterator[Step]:
    """Those of all services, each service's in their order."""
    for folder in sorted((ROOT / "services").glob("*/migrations")):
        yield from steps_in(folder, folder.parent.name)


def steps_in(folder: Path, service: str) -> Iterator[Step]:
    for script in steps_of(folder):
        yield Step(service, script.revision, statements_of(script), getattr(script.module, "narrows", {}))


def statements_of(script: Script) -> str:
    told = io.StringIO()
    options = {"as_sql": True, "output_buffer": told, "literal_binds": True}
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        script.module.upgrade()
    return told.getvalue()
