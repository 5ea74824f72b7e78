"""The names alarms hang on."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate
from prometheus_client import REGISTRY

from infra.tpg_simulator.certificates import make_certificate
from services.tpg_sync.engine import gauges
from services.tpg_sync.queries.obligations import tally
from services.tpg_sync.queries.status import get_status
from services.tpg_sync.settings import TpgAuth
from services.tpg_sync.tests.desk import Desk


async def test_what_waits_and_what_is_at_risk_is_measured(desk: Desk) -> None:
    # given a run whose first session begins in an hour, and which was never sent
    await desk.publish()
    waited = timedelta(days=20, hours=20)
    desk.advance(waited)
    now = desk.stage.clock.now()
    # when
    async with desk.stage.units.reading() as uow:
        gauges.show(await get_status(uow, now=now, risk_within=timedelta(hours=4)), now)
    # then
    assert REGISTRY.get_sample_value("tms_sync_jobs", {"state": "queued"}) == 1
    assert REGISTRY.get_sample_value("tms_sync_oldest_due_seconds") == waited.total_seconds()
    assert REGISTRY.get_sample_value("tms_sync_breaker_state", {"group": "host"}) == 0
    assert REGISTRY.get_sample_value("tms_sync_lane_held") == 0
    assert REGISTRY.get_sample_value("tms_sync_deadline_risk") == 1


async def test_duties_are_told_by_level(desk: Desk) -> None:
    """Given the duties of a published run, when they are told, then every level has its number, be it 0."""
    await desk.publish()
    async with desk.stage.units.reading() as uow:
        cells = await tally(uow)
        gauges.show_duties(cells)
    told = {
        (level, missed): REGISTRY.get_sample_value("tms_compliance_obligations", {"level": level, "missed": missed})
        for level in ("green", "amber", "red")
        for missed in ("true", "false")
    }
    assert sum(value or 0 for value in told.values()) == sum(cell.count for cell in cells)
    assert None not in told.values()


async def test_what_arrives_is_counted_by_its_deadline(desk: Desk) -> None:
    """Given one run sent in time, when its job is acknowledged, then it counts as in time."""
    in_time, late = arrivals("in_time"), arrivals("late")
    await desk.publish()
    await desk.work()
    assert arrivals("in_time") > in_time
    assert arrivals("late") == late


def arrivals(timing: str) -> float:
    """So many until now, in this process: other tests' among them."""
    return REGISTRY.get_sample_value("tms_sync_arrivals_total", {"timing": timing}) or 0


def test_an_arrival_at_its_deadline_is_late() -> None:
    before = REGISTRY.get_sample_value("tms_sync_arrivals_total", {"timing": "late"}) or 0
    now = datetime(2026, 3, 2, tzinfo=UTC)
    gauges.count_arrival(now, now)
    assert REGISTRY.get_sample_value("tms_sync_arrivals_total", {"timing": "late"}) == before + 1
    gauges.count_arrival(None, now)
    assert REGISTRY.get_sample_value("tms_sync_arrivals_total", {"timing": "undated"})


def test_the_end_of_the_certificate_in_use_is_told(desk: Desk, tmp_path: Path) -> None:
    """Given a client certificate, then its end is told; without one nothing is, so that no alarm can fire."""
    settings = desk.stage.runtime.settings
    gauges.show_certificate(settings)
    assert math.isnan(REGISTRY.get_sample_value("tms_sync_certificate_expires_timestamp_seconds") or 0)
    files = make_certificate(tmp_path, "own", key_bits=2048)
    with_one = settings.model_copy(update={"tpg_auth": TpgAuth.CERTIFICATE, "tpg_certificate": str(files.certificate)})
    gauges.show_certificate(with_one)
    ends = load_pem_x509_certificate(files.certificate.read_bytes()).not_valid_after_utc
    assert REGISTRY.get_sample_value("tms_sync_certificate_expires_timestamp_seconds") == ends.timestamp()
    gauges.certificate_expires.set(float("nan"))
