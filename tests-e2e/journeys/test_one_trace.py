"""What a click sets off is found again by its correlation id: one connected trace, and a line in every service."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.demo.journey import wait_until_synced
from infra.local import waterfall
from infra.local.waterfall import Span

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

PUBLISH = "POST /api/v1/course-runs/{run_id}/publish"
WAY = [
    ("gateway", "POST /api/v1/course-runs"),
    ("course", PUBLISH),
    ("tpg-sync", "process run.published"),
    ("tpg-sync", "sync run.publish"),
    ("course", "process sync.succeeded"),
    ("audit", "process run.sync_recorded"),
]
"""Each a step within the one before: the click, the command, what was heard of it, what was sent, the word that it has
arrived, and what the owner said of that."""
TOUCHED = {"gateway", "course", "enrolment", "attendance", "assessment", "audit", "tpg-sync"}
LINEAGE = {"consumer", "event_id", "type", "aggid", "aggseq", "attempt", "correlation_id", "trace_id", "actor_id"}
WITHIN_S = 30


@pytest.fixture(scope="module")
def published(system: Any) -> str:
    """Given a draft run, when it is published under a correlation id of its own and has arrived, then by that id..."""
    journey = system.walk(until="a draft with four sessions")
    correlation = str(uuid4())
    path = f"/course-runs/{journey.run_id}"
    etag = journey.api.etag(path)
    headers = {"X-Correlation-Id": correlation, "If-Match": etag, "Idempotency-Key": str(uuid4())}
    journey.api._http.post(f"{path}/publish", json={}, headers=headers).raise_for_status()
    wait_until_synced(journey)
    return correlation


@pytest.fixture(scope="module")
def spans(published: str, system: Any) -> list[Span]:
    """...the trace as it was collected, once its last step is there."""
    system.needs_this_machine("spans as files; they go to the collector")
    return until(lambda: collected(system.layout.telemetry, published), what="the whole trace")


def collected(folder: Path, correlation: str) -> list[Span] | None:
    found = waterfall.select(waterfall.read_spans(folder), correlation)
    everywhere = {span.service for span in found} >= TOUCHED
    return found if everywhere and way_through(found) and not lost(found) else None


def lost(spans: list[Span]) -> list[Span]:
    """Those whose parent is not there: not collected yet, or the trace is torn."""
    known = {span.span_id for span in spans}
    return [span for span in spans if span.parent_id and span.parent_id not in known]


def way_through(spans: list[Span]) -> list[Span]:
    """The spans of WAY, each the direct parent of the next; empty when there is no such way."""
    ways = [[span] for span in spans if (span.service, span.name) == WAY[0] and span.parent_id is None]
    for step in WAY[1:]:
        ways = [
            [*way, span] for way in ways for span in spans
            if (span.service, span.name) == step and span.parent_id == way[-1].span_id
        ]  # fmt: skip
    return ways[0] if ways else []


def until(condition: Callable[[], Any], *, what: str) -> Any:
    deadline = time.monotonic() + WITHIN_S
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.5)
    return found


def test_it_is_one_trace_and_it_is_connected(spans: list[Span]) -> None:
    """Then all of it is one trace with one root, and every other span's parent was collected too."""
    assert len({span.trace_id for span in spans}) == 1
    assert [span.name for span in spans if span.parent_id is None] == [WAY[0][1]]
    assert lost(spans) == []


def test_the_way_there_and_back_stands_in_it(spans: list[Span]) -> None:
    """Then gateway, service, consumer, TPGateway's reply and consumer stand in it, each caused by the one before."""
    way = way_through(spans)
    assert [(span.service, span.name) for span in way] == WAY
    assert [span.start_at for span in way] == sorted(span.start_at for span in way)
    assert not any(span.failed for span in way)


def test_the_outbox_hands_over_between_the_command_and_whoever_hears(spans: list[Span]) -> None:
    """Then what the command and the submission said went out through an outbox, before anybody heard it."""
    by_step = {(span.service, span.name): span for span in way_through(spans)}
    for said, heard in ((WAY[1], WAY[2]), (WAY[3], WAY[4])):
        sent = [span for span in spans if span.name == "send tms.events" and span.parent_id == by_step[said].span_id]
        assert sent, f"nothing went out of {said}"
        assert {span.service for span in sent} == {said[0]}
        assert min(span.start_at for span in sent) <= by_step[heard].start_at


def test_the_call_to_tpgateway_stands_in_it_with_its_reply(spans: list[Span]) -> None:
    """Then the call is a step of the submission, answered 200, after the owner was asked for what to send."""
    submission = way_through(spans)[3]
    inside = [span for span in spans if span.parent_id == submission.span_id]
    call = next(span for span in inside if span.name == "tpgateway publish_runs")
    claim = next(span for span in inside if span.name == "GET /internal/v1/submissions/run/{run_id}")
    assert call.attributes["http.response.status_code"] == 200
    assert (claim.service, claim.end_at <= call.start_at) == ("course", True)


def test_every_service_that_was_touched_has_it_in_its_log(published: str, spans: list[Span], system: Any) -> None:
    """Then the correlation id finds lines of every service, all of them of this one trace."""
    lines = until(lambda: told_everywhere(system.logs, published), what=f"lines of all of {sorted(TOUCHED)}")
    assert {line["trace_id"] for line in lines if "trace_id" in line} == {spans[0].trace_id}
    heard = next(line for line in lines if line["service"] == "enrolment" and line.get("type") == "run.published.v1")
    wanted = {
        "consumer",
        "event_id",
        "aggid",
        "aggseq",
        "attempt",
        "correlation_id",
        "trace_id",
        "actor_id",
        "ms",
        "result",
    }
    assert wanted <= heard.keys()
    sent = next(line for line in lines if line["event"] == "submission" and line["operation"] == "publish_runs")
    assert (sent["kind"], sent["result"], sent["status"]) == ("run.publish", "succeed", 200)


def told_everywhere(folder: Path, correlation: str) -> list[dict[str, Any]] | None:
    lines = list(lines_of(folder, correlation))
    return lines if {line["service"] for line in lines} >= TOUCHED else None


def lines_of(folder: Path, correlation: str) -> Iterator[dict[str, Any]]:
    for path in folder.glob("*.log"):
        for line in path.read_text(errors="replace").splitlines():
            if correlation in line and line.startswith("{"):
                yield json.loads(line)
