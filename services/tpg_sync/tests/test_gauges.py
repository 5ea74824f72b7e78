"""The names alarms hang on."""

from datetime import timedelta

from prometheus_client import REGISTRY

from services.tpg_sync.engine import gauges
from services.tpg_sync.queries.status import get_status
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
