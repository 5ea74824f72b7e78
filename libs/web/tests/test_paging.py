import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.web.cursors import WrongCursor
from libs.web.paging import Paging, page

START = datetime(2026, 3, 2, tzinfo=UTC)
ROWS = [(START + timedelta(minutes=number // 3), UUID(int=number)) for number in range(25)]


def read(after: tuple[datetime, UUID] | None, limit: int) -> list[tuple[datetime, UUID]]:
    return [row for row in ROWS if after is None or row > after][:limit]


@given(st.integers(1, 30))
def test_pages_together_are_the_whole_list_once(limit: int) -> None:
    seen: list[tuple[datetime, UUID]] = []
    paging = Paging(limit=limit)
    while True:
        rows = read(paging.after(datetime, UUID), paging.limit + 1)
        shown = page(rows, paging.limit, key=lambda row: row)
        seen += shown.items
        if shown.next_cursor is None:
            break
        paging = Paging(limit=limit, cursor=shown.next_cursor)
    assert seen == ROWS


def test_a_page_that_ends_exactly_at_the_end_has_no_cursor() -> None:
    assert page([1, 2], 2, key=lambda item: item).next_cursor is None
    assert page([1, 2, 3], 2, key=lambda item: item, total=3).model_dump()["total"] == 3


def test_a_single_key_comes_back_as_its_kind() -> None:
    cursor = page([41, 42], 1, key=lambda item: item).next_cursor
    assert Paging(cursor=cursor).after_int() == 41
    assert Paging().after_int() is None
    identified = page([ROWS[5][1], ROWS[6][1]], 1, key=lambda item: item).next_cursor
    assert Paging(cursor=identified).after_uuid() == ROWS[5][1]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "%%%",
        "not base64 at all",
        "é",
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(b'["x"]').decode(),
        base64.urlsafe_b64encode(b"[1, 2]").decode(),
        base64.urlsafe_b64encode(b"[" * 300).decode(),
    ],
)
def test_a_cursor_of_another_list_is_refused(cursor: str) -> None:
    with pytest.raises(WrongCursor) as refused:
        Paging(cursor=cursor).after_int()
    assert refused.value.fields[0].field == "cursor"
