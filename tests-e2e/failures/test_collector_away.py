"""Whoever collects the traces may be down or hang: spans are lost then, requests and business work are not."""

import time
from typing import Any

import pytest

from infra.demo.journey import publish_run, wait_until_synced
from libs.testing.collector import Trouble

pytestmark = [pytest.mark.e2e, pytest.mark.fault, pytest.mark.timeout(300)]
WITHIN_S = 60


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_run_reaches_tpgateway_and_comes_back_while_nobody_takes_spans(system: Any, trouble: Trouble) -> None:
    """Given processes that all wait for a collector, when a run is published, then it is synced meanwhile.

    And once the collector is back, what is done then is traced again.
    """
    with system.collector.in_trouble(trouble):
        journey = system.walk(until="a draft with four sessions")
        until(lambda: system.collector.failed >= {"gateway", "course", "tpg-sync"}, what="the trouble in all of them")
        publish_run(journey)
        wait_until_synced(journey)
        assert system.collector.of_correlation(str(journey.api.correlation_id)) == []
    since = journey.api.on_journey()
    correlation = str(since.correlation_id)
    since.get("/course-runs")
    since.close()
    until(lambda: {"gateway", "course"} <= services_of(system, correlation), what="the spans of what was done since")


def services_of(system: Any, correlation: str) -> set[str]:
    return {span.service for span in system.collector.of_correlation(correlation)}


def until(condition: Any, *, what: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.2)
