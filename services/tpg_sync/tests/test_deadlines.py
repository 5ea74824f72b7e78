"""When TPGateway must hold what: reckoned in Singapore days, from versioned numbers, and anew when a run moves."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.course import RunRescheduled
from libs.contracts.tpg_sync import RecordType
from libs.sources import SINGAPORE
from services.tpg_sync import policy
from services.tpg_sync.models import ObligationKey
from services.tpg_sync.policy import due, policies, policy_on
from services.tpg_sync.settings import ProviderType
from services.tpg_sync.tests.desk import Desk, fact_of
from services.tpg_sync.tests.samples import run


@pytest.mark.parametrize(
    ("record_type", "provider", "days"),
    [
        (RecordType.ENROLMENT, ProviderType.PUBLIC, 14),
        (RecordType.ENROLMENT, ProviderType.IN_HOUSE, 28),
        (RecordType.ATTENDANCE, ProviderType.PUBLIC, 14),
        (RecordType.ATTENDANCE, ProviderType.IN_HOUSE, 28),
        (RecordType.ASSESSMENT, ProviderType.PUBLIC, 14),
        (RecordType.ASSESSMENT, ProviderType.IN_HOUSE, 28),
        (RecordType.FEE, ProviderType.PUBLIC, 3),
    ],
)
def test_a_deadline_ends_with_the_last_day_in_singapore(
    record_type: RecordType, provider: ProviderType, days: int
) -> None:
    reckoned = due(record_type, date(2026, 3, 24), provider)
    last = date.fromordinal(date(2026, 3, 24).toordinal() + days + 1)
    assert reckoned.at == datetime(last.year, last.month, last.day, tzinfo=SINGAPORE)
    assert reckoned.at.astimezone(UTC).hour == 16, "eight hours behind, on the day before"
    assert reckoned.policy == "2026-01"


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_has_the_newest_numbers_that_were_in_force_by_then(day: date) -> None:
    chosen = policy_on(day)
    newer = [one for one in policies() if chosen.effective_from < one.effective_from <= day]
    assert newer == []
    assert chosen.effective_from <= day or chosen == policies()[0]


def test_numbers_that_change_leave_older_runs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    [first] = policies()
    rule = first.submission(RecordType.ATTENDANCE)
    shorter = rule.model_copy(update={"due": rule.due.model_copy(update={"public": 7})})
    later = first.model_copy(
        update={
            "name": "2026-07",
            "effective_from": date(2026, 7, 1),
            "obligations": {**first.obligations, ObligationKey.ATTENDANCE_SUBMIT: shorter},
        }
    )
    monkeypatch.setattr(policy.deadlines, "policies", lambda: (first, later))
    before, after = (
        due(RecordType.ATTENDANCE, day, ProviderType.PUBLIC) for day in (date(2026, 6, 30), date(2026, 7, 1))
    )
    assert [before.policy, after.policy] == ["2026-01", "2026-07"]
    assert (before.at.date(), after.at.date()) == (date(2026, 7, 15), date(2026, 7, 9))


async def test_open_jobs_are_dated_when_their_run_is_known_and_anew_when_it_moves(desk: Desk) -> None:
    # given an enrolment, a payment, a mark and a result heard before their run
    place = await desk.enrol()
    await desk.collect_fee(place, "full")
    attendance, assessment = await desk.attend(), await desk.assess()
    await desk.engine.tend()
    assert {job.deadline_at for job in await desk.jobs()} == {None}
    # when it is heard of
    run_id = await desk.publish()
    assert await desk.engine.tend() == 4

    async def days() -> list[str]:
        jobs = [(await desk.jobs(one))[-1] for one in (place, attendance, assessment)]
        return [job.deadline_at.astimezone(SINGAPORE).isoformat() if job.deadline_at else "" for job in jobs]

    # then: start 23 March, end 24 March, 14 whole days
    assert await days() == ["2026-03-06T00:00:00+08:00", "2026-04-08T00:00:00+08:00", "2026-04-08T00:00:00+08:00"]
    assert (await desk.last(place, RecordType.ENROLMENT)).deadline_policy == "2026-01"
    # when the run moves by a week, for a provider with the longer window
    desk.stage.runtime.settings.tpg_provider_type = ProviderType.IN_HOUSE
    moved = run(revision=2, start_on=date(2026, 3, 30), end_on=date(2026, 3, 31), sessions=())
    desk.owner.runs[run_id] = moved
    await desk.hear(RunRescheduled(run_id=run_id, run=fact_of(moved)))
    await desk.engine.tend()
    # then
    assert (await days())[1:] == ["2026-04-29T00:00:00+08:00", "2026-04-29T00:00:00+08:00"]
    assert await desk.engine.tend() == 0, "nothing is dated twice"
