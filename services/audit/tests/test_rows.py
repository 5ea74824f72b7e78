"""The quick reading of rows is really taken for usual entries, and gives way for unusual ones."""

from typing import Any
from uuid import uuid4

import pytest

from libs.contracts.event import Change
from libs.testing.stage import Stage
from services.audit.models.rows import ChainReader
from services.audit.tests.conftest import Hear, queued, run_sql, verdict


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The entries that were looked at the slow way."""
    seen: list[int] = []
    slowly = ChainReader._slowly

    def noted(self: ChainReader, rows: bytes, at: int) -> Any:
        seen.append(self.next_seq)
        return slowly(self, rows, at)

    monkeypatch.setattr(ChainReader, "_slowly", noted)
    return seen


async def test_usual_entries_go_the_quick_way_and_unusual_ones_hold_too(
    staged: Stage, hear: Hear, slow: list[int]
) -> None:
    fact = queued(uuid4())
    await hear(account=True)
    await hear(event=fact.because("Zoë's class moved — twice"))
    await hear(event=fact.model_copy(update={"changes": (Change(field="state", old=["a", {"b": 1}], new=None),)}))
    assert (await verdict(staged)).intact
    assert slow == []

    await hear(event=fact.because('she said "later"\n'))
    await hear(actor_id="o\\ps")
    assert (await verdict(staged)).intact
    assert slow == [4, 5]


async def test_what_the_quick_way_refuses_the_slow_one_names(staged: Stage, hear: Hear, slow: list[int]) -> None:
    await hear(event=queued(uuid4()).model_copy(update={"changes": (Change(field="state", old="a", new="b"),)}))
    await run_sql(
        staged,
        "alter table audit.entry disable trigger all",
        "grant update on audit.entry to current_user",
        """update audit.entry set changes = '[{"new": "c", "old": "a", "field": "state"}]'""",
    )
    found = await verdict(staged)
    assert found.fault is not None
    assert (found.fault.seq, found.fault.why) == (1, "its column changes does not say what its body says")
    assert slow == [1]
