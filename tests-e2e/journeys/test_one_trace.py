"""What a click sets off is found again by its correlation id: one connected trace, and a line in every service.

The spans are those that every process sends, taken by a collector.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.demo.client import Refusal
from infra.demo.journey import Journey, wait_until_synced
from libs.testing.collector import CollectedSpan, Collector
from libs.testing.people import trainee_wish

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
KINDS = ["server", "server", "consumer", "internal", "consumer", "consumer"]
TOUCHED = {"gateway", "course", "enrolment", "attendance", "assessment", "audit", "tpg-sync"}
PERSON = trainee_wish(977, full_name="Traced Person Xq (synthetic)", phone={"number": "90977977"})
PERSONAL = [PERSON["full_name"], PERSON["id_number"], PERSON["email"], PERSON["phone"]["number"], PERSON["born_on"]]
LOOKS_PERSONAL = re.compile(r"\b[STFGM]\d{7}[A-Z]\b|\S@\S")
WITHIN_S = 30


class Browser:
    """Does what a page does: each click under an id that the page made, with no trace of its own."""

    def __init__(self, http: httpx.Client, *, token: str, page: str) -> None:
        self._http = http
        http.headers = httpx.Headers({
            "Authorization": token, "Accept": "application/json", "Origin": page, "Referer": f"{page}/runs",
            "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 (synthetic)",
        })  # fmt: skip

    def click(self, path: str, body: dict[str, Any], correlation: str) -> dict[str, Any]:
        headers = {"X-Correlation-ID": correlation, "Idempotency-Key": str(uuid4())}
        record = path.rpartition("/")[0]
        if record.count("/") > 1:
            headers["If-Match"] = self._http.get(record).headers["ETag"]
        answer = self._http.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        assert answer.headers["X-Correlation-ID"] == correlation
        return dict(answer.json())


@pytest.fixture(scope="module")
def collector(system: Any) -> Collector:
    found: Collector = system.collector
    return found


@pytest.fixture(scope="module")
def journey(system: Any, collector: Collector) -> Journey:
    walked: Journey = system.walk(until="a draft with four sessions")
    return walked


@pytest.fixture(scope="module")
def browser(journey: Journey, system: Any) -> Iterator[Browser]:
    with httpx.Client(base_url=f"{system.gateway}/api/v1", timeout=30) as http:
        yield Browser(http, token=f"Bearer {journey.api.token}", page=system.gateway)


@pytest.fixture(scope="module")
def published(journey: Journey, browser: Browser) -> str:
    """Given a draft run, when it is published under a correlation id of its own and has arrived, then by that id..."""
    correlation = str(uuid4())
    browser.click(f"/course-runs/{journey.run_id}/publish", {}, correlation)
    wait_until_synced(journey)
    return correlation


@pytest.fixture(scope="module")
def spans(published: str, collector: Collector) -> list[CollectedSpan]:
    """...the trace as it was collected, once its last step is there."""
    return until(lambda: whole(collector.of_correlation(published)), what="the whole trace")


def whole(found: list[CollectedSpan]) -> list[CollectedSpan] | None:
    everywhere = {span.service for span in found} >= TOUCHED
    return found if everywhere and way_through(found) and not lost(found) else None


def lost(spans: list[CollectedSpan]) -> list[CollectedSpan]:
    """Those whose parent is not there: not collected yet, or the trace is torn."""
    known = {span.span_id for span in spans}
    return [span for span in spans if span.parent_id and span.parent_id not in known]


def way_through(spans: list[CollectedSpan]) -> list[CollectedSpan]:
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


def test_it_is_one_trace_and_it_is_connected(spans: list[CollectedSpan]) -> None:
    """Then all of it is one trace with one root, and every other span's parent was collected too."""
    assert len({span.trace_id for span in spans}) == 1
    assert [span.name for span in spans if span.parent_id is None] == [WAY[0][1]]
    assert lost(spans) == []


def test_the_way_there_and_back_stands_in_it(spans: list[CollectedSpan]) -> None:
    """Then gateway, service, consumer, TPGateway's reply and consumer stand in it, each caused by the one before."""
    way = way_through(spans)
    assert [(span.service, span.name) for span in way] == WAY
    assert [span.kind for span in way] == KINDS
    assert [span.start_ns for span in way] == sorted(span.start_ns for span in way)
    assert not any(span.failed for span in way)


def test_the_outbox_hands_over_between_the_command_and_whoever_hears(spans: list[CollectedSpan]) -> None:
    """Then what the command and the submission said went out through an outbox, before anybody heard it."""
    by_step = {(span.service, span.name): span for span in way_through(spans)}
    for said, heard in ((WAY[1], WAY[2]), (WAY[3], WAY[4])):
        sent = [span for span in spans if span.name == "send tms.events" and span.parent_id == by_step[said].span_id]
        assert sent, f"nothing went out of {said}"
        assert {(span.service, span.kind) for span in sent} == {(said[0], "producer")}
        assert min(span.start_ns for span in sent) <= by_step[heard].start_ns


def test_the_call_to_tpgateway_stands_in_it_with_its_reply(spans: list[CollectedSpan]) -> None:
    """Then the call is a step of the submission, answered 200, after the owner was asked for what to send."""
    submission = way_through(spans)[3]
    inside = [span for span in spans if span.parent_id == submission.span_id]
    call = next(span for span in inside if span.name == "tpgateway publish_runs")
    claim = next(span for span in inside if span.name == "GET /internal/v1/submissions/run/{run_id}")
    assert (call.kind, call.attributes["http.response.status_code"]) == ("client", 200)
    assert (claim.service, claim.end_ns <= call.start_ns) == ("course", True)


def test_every_process_says_who_it_is(spans: list[CollectedSpan]) -> None:
    assert {span.service for span in spans} == TOUCHED
    for span in spans:
        assert span.resource == {
            "service.name": span.service, "service.namespace": "tms", "service.version": "development"
        }  # fmt: skip


def test_every_service_that_was_touched_has_it_in_its_log(
    published: str, spans: list[CollectedSpan], system: Any
) -> None:
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


@pytest.fixture(scope="module")
def enrolled(published: str, journey: Journey, browser: Browser) -> str:
    """Given the published run, when a person is put down for it and TPGateway has them, then by the clicks' id..."""
    correlation = str(uuid4())
    until(lambda: known_to_enrolment(journey), what="the run at enrolment")
    person = browser.click("/trainees", PERSON, correlation)
    wish = {"run_id": str(journey.run_id), "trainee_id": person["id"], "sponsorship": "INDIVIDUAL"}
    place = f"/enrolments/{browser.click('/enrolments', wish, correlation)['id']}"
    browser.click(f"{place}/confirm", {}, correlation)
    until(lambda: journey.api.get(place)["sync"]["state"] == "synced", what="the enrolment at TPGateway")
    return correlation


def known_to_enrolment(journey: Journey) -> bool:
    try:
        journey.api.get(f"/enrolments/seats/{journey.run_id}")
    except Refusal:
        return False
    return True


def test_nothing_that_is_sent_or_logged_tells_who_the_person_is(
    enrolled: str, collector: Collector, system: Any
) -> None:
    """Then neither spans, up to the call that carried the person's data, nor log lines hold any of it."""
    spans = until(lambda: with_the_call(collector.of_correlation(enrolled)), what="the call with the person's data")
    lines = list(lines_of(system.layout.logs, enrolled))
    assert {line["service"] for line in lines} >= {"gateway", "enrolment", "tpg-sync"}
    for told in (*map(str, spans), *map(str, lines)):
        assert [one for one in PERSONAL if one in told] == [], told
        assert not LOOKS_PERSONAL.search(told), told


def with_the_call(spans: list[CollectedSpan]) -> list[CollectedSpan] | None:
    return spans if any(span.name == "tpgateway create_enrolment" for span in spans) else None
