"""What a caller says about its own journey: the ids are taken when they are ids, everything else stays outside."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from libs.testing.spans import Spans, watched

RUNS = "/api/v1/course-runs"
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
CANARY = "canary-5be1d0"


@pytest.fixture
def spans() -> Iterator[Spans]:
    with watched("gateway") as spans:
        yield spans


NOT_UUIDS = [
    "42",
    "S1234567D",
    "x" * 36,
    "01a2074cd2b872fd8ebe022b18e8c6fd----",
    "{01a2074cd2b872fd8ebe022b18e8c6fd--}",
]


@pytest.mark.parametrize("given_id", NOT_UUIDS)
async def test_only_a_uuid_is_taken_for_a_correlation_id(house: Any, given_id: str) -> None:
    async with house.ask("GET", RUNS, headers={"X-Correlation-Id": given_id}) as response:
        told = response.headers["X-Correlation-Id"]
    assert UUID(told).version == 7, "made here"
    assert house.course.last.headers.getall("X-Correlation-Id") == [told]


async def test_what_a_caller_hangs_on_its_trace_stays_outside(
    house: Any, spans: Spans, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = {
        "traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01",
        "tracestate": f"vendor={CANARY}",
        "baggage": f"person={CANARY}",
        "User-Agent": CANARY,
    }
    async with house.ask("GET", f"{RUNS}/{CANARY}?{CANARY}={CANARY}", headers=headers) as response:
        assert response.status == 200
    house.log.flush()
    seen = house.course.last.headers
    assert seen["traceparent"].split("-")[1] == TRACE_ID
    assert "tracestate" not in seen
    assert "baggage" not in seen
    (span,) = spans.ended
    assert span.context is not None
    assert not span.context.trace_state
    assert CANARY not in span.to_json()
    lines = capsys.readouterr().out
    assert '"event":"http"' in lines
    assert CANARY not in lines


@pytest.mark.parametrize(
    "broken",
    ["nonsense", CANARY, f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE_ID}-b7ad6b7169203331-01-{CANARY}"],
)
async def test_a_malformed_traceparent_begins_a_new_trace(house: Any, spans: Spans, broken: str) -> None:
    async with house.ask("GET", RUNS, headers={"traceparent": broken, "tracestate": f"vendor={CANARY}"}) as response:
        assert response.status == 200
    seen = house.course.last.headers
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]", seen["traceparent"])
    assert seen["traceparent"].split("-")[1] not in {TRACE_ID, "0" * 32}
    assert "tracestate" not in seen
    (span,) = spans.ended
    assert span.parent is None
