"""Questions cost the same number of statements however much they find."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from services.course.tests.builders import RUN_STARTS
from services.course.tests.conftest import World, ok, session_wish


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Every statement sent to the database in the block."""
    engine, statements = world.stage.runtime.engine.sync_engine, []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("path", ["/api/v1/course-runs", "/api/v1/trainers", "/api/v1/courses", "/api/v1/venues"])
async def test_a_longer_list_asks_no_more(world: World, path: str) -> None:
    await world.draft(1)
    with counted(world) as few:
        await ok(world.ops.get(path))
    for day in range(1, 4):
        await world.draft(0, sessions=[session_wish(RUN_STARTS + timedelta(days=day), 9, 12)])

    with counted(world) as many:
        await ok(world.ops.get(path))

    assert len(many) == len(few)


async def test_a_run_with_more_sessions_asks_no_more(world: World) -> None:
    short = await world.draft(0, sessions=[session_wish(RUN_STARTS, 18, 20)])
    with counted(world) as few:
        await world.read(short)
    long = await world.draft(4)

    with counted(world) as many:
        await world.read(long)

    assert len(many) == len(few)
