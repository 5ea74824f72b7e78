import asyncio
import json

import pytest

from libs.telemetry.lines import Lines


async def test_lines_are_written_together_after_a_moment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lines, "PAUSE_S", 0)
    lines = Lines("course")
    lines.add("event handled", event_id="1", ms=0.5)
    lines.add("event handled", event_id="2", ms=0.5)
    assert capsys.readouterr().out == ""
    await asyncio.sleep(0.01)
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["service"], first["level"], first["event"]) == ("course", "info", "event handled")
    assert (first["event_id"], second["event_id"]) == ("1", "2")


async def test_what_is_gathered_is_written_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines("course")
    lines.add("event handled", event_id="1")
    lines.flush()
    lines.flush()
    assert json.loads(capsys.readouterr().out)["event_id"] == "1"
