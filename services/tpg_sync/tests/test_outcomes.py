"""The outcome table: what every kind of reply means for a create, and for a call that is safe to repeat."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.tpg_sync import Hint
from services.tpg_sync.client.tpgateway import Fault, Reply
from services.tpg_sync.engine.outcomes import Next, decide, decide_reading

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def reply(**known: Any) -> Reply:
    fields: dict[str, Any] = {
        "operation": "publish_run",
        "path": "/courses/courseRuns/publish",
        "group": "course_runs",
        "started_at": NOW,
        "ended_at": NOW,
        "duration": timedelta(0),
        "error_code": "x",
    }
    return Reply(**{**fields, **known})


@pytest.mark.parametrize(
    ("known", "create", "repeatable"),
    [
        ({"status": 200}, Next.SUCCEED, Next.SUCCEED),
        ({"fault": Fault.NOT_CONNECTED}, Next.RETRY, Next.RETRY),
        ({"fault": Fault.LOST}, Next.VERIFY, Next.RETRY),
        ({"fault": Fault.CREDENTIALS}, Next.RETRY, Next.RETRY),
        ({"fault": Fault.UNREADABLE, "status": 200}, Next.VERIFY, Next.RETRY),
        ({"status": 302}, Next.REJECT, Next.REJECT),
        ({"status": 400}, Next.REJECT, Next.REJECT),
        ({"status": 400, "undecryptable": True}, Next.RETRY, Next.RETRY),
        ({"status": 401}, Next.RETRY, Next.RETRY),
        ({"status": 403}, Next.RETRY, Next.RETRY),
        ({"status": 404}, Next.REJECT, Next.REJECT),
        ({"status": 408}, Next.VERIFY, Next.RETRY),
        ({"status": 409}, Next.VERIFY, Next.RETRY),
        ({"status": 422}, Next.REJECT, Next.REJECT),
        ({"status": 429}, Next.RETRY, Next.RETRY),
        ({"status": 500}, Next.VERIFY, Next.RETRY),
        ({"status": 502}, Next.VERIFY, Next.RETRY),
        ({"status": 503}, Next.VERIFY, Next.RETRY),
        ({"status": 504}, Next.VERIFY, Next.RETRY),
    ],
)
def test_every_reply_has_its_next_step(known: dict[str, Any], create: Next, repeatable: Next) -> None:
    assert decide(reply(**known), repeatable=False).next is create
    assert decide(reply(**known), repeatable=True).next is repeatable


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_a_create_is_never_repeated_blindly(status: int) -> None:
    assert decide(reply(status=status), repeatable=False).next is Next.VERIFY


@pytest.mark.parametrize(
    "known",
    [
        {"fault": Fault.NOT_CONNECTED},
        {"fault": Fault.CREDENTIALS},
        {"fault": Fault.UNREADABLE},
        {"status": 401},
        {"status": 403},
        {"status": 429},
        {"status": 400, "undecryptable": True},
    ],
)
def test_what_says_nothing_about_the_job_uses_no_attempt(known: dict[str, Any]) -> None:
    assert not decide(reply(**known), repeatable=False).counted


@pytest.mark.parametrize(
    ("known", "failure"),
    [
        ({"fault": Fault.NOT_CONNECTED}, True),
        ({"fault": Fault.LOST}, True),
        ({"status": 503}, True),
        ({"status": 429}, False),
        ({"status": 400}, False),
        ({"status": 401}, False),
        ({"status": 200}, False),
    ],
)
def test_only_an_absent_or_broken_gateway_counts_for_the_circuit(known: dict[str, Any], failure: bool) -> None:
    assert decide(reply(**known), repeatable=True).breaker_failure is failure


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        ({"status": 401}, "credentials"),
        ({"status": 403}, "credentials"),
        ({"fault": Fault.CREDENTIALS}, "credentials"),
        ({"fault": Fault.UNREADABLE}, "encryption"),
        ({"status": 400, "undecryptable": True}, "encryption"),
        ({"status": 500, "undecryptable": True}, "encryption"),
    ],
)
def test_refused_proofs_and_keys_hold_the_lane(known: dict[str, Any], cause: str) -> None:
    assert decide(reply(**known), repeatable=False).holds == cause


def test_too_many_slows_the_lane_for_as_long_as_asked() -> None:
    decision = decide(reply(status=429, retry_after=timedelta(seconds=40)), repeatable=False)
    assert decision.slows
    assert decision.delay == timedelta(seconds=40)


def test_a_refusal_keeps_its_hints() -> None:
    hints = (Hint(field="course.referenceNumber", code="TGS-406", message="Invalid course reference number"),)
    assert decide(reply(status=400, hints=hints), repeatable=False).hints == hints


@pytest.mark.parametrize("known", [{"status": 503}, {"fault": Fault.LOST}, {"status": 400}, {"status": 401}])
def test_a_read_may_always_be_repeated_and_uses_no_attempt(known: dict[str, Any]) -> None:
    decision = decide_reading(reply(**known))
    assert decision.next is Next.RETRY
    assert not decision.counted


def test_not_found_is_how_an_empty_list_looks() -> None:
    assert decide_reading(reply(status=404)).next is Next.SUCCEED
