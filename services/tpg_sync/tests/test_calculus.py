"""When duties are due, warn and are missed: exact around Singapore's midnight, whatever day it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.contracts.tpg_sync import ObligationLevel, RecordType
from libs.sources import SINGAPORE, singapore_day
from services.tpg_sync.models import ObligationKey, ObligationState, Style
from services.tpg_sync.policy import Case, Timing, due, judge, policies, policy_on, reckon, start_of_day
from services.tpg_sync.policy.days import years_after
from services.tpg_sync.policy.holidays import holidays, is_working, working_day_by, working_days_from
from services.tpg_sync.policy.rules import Policy
from services.tpg_sync.settings import ProviderType

GREEN, AMBER, RED = ObligationLevel.GREEN, ObligationLevel.AMBER, ObligationLevel.RED
MICRO = timedelta(microseconds=1)
POLICY = policies()[0]
instants = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract
keys = st.sampled_from(ObligationKey)
providers = st.sampled_from(ProviderType)


def timing_of(key: ObligationKey, trigger_at: datetime, anchor_at: datetime, provider: ProviderType) -> Timing:
    rule = POLICY.rule(key)
    return reckon(rule, POLICY.levels_of(rule), provider, trigger_at=trigger_at, anchor_at=anchor_at)


@given(keys, instants, instants, providers)
def test_amber_comes_before_red_before_due(
    key: ObligationKey, trigger_at: datetime, anchor_at: datetime, provider: ProviderType
) -> None:
    timing = timing_of(key, trigger_at, anchor_at, provider)
    assert timing.amber_at <= timing.red_at <= timing.due_at
    assert timing.target_at is None or timing.target_at <= timing.due_at


@given(instants, providers, st.sampled_from([one for one in RecordType if one is not RecordType.RUN]))
def test_official_days_end_at_midnight_in_singapore_and_never_move(
    anchor_at: datetime, provider: ProviderType, record_type: RecordType
) -> None:
    # given the duty that is the deadline of a submission
    rule = POLICY.submission(record_type)
    key = next(key for key, one in POLICY.obligations.items() if one is rule)
    # when it is reckoned from any instant of a Singapore day
    timing = timing_of(key, anchor_at, anchor_at, provider)
    # then N whole days have passed after that day, weekends and holidays or not
    days = rule.due.of(provider)
    assert timing.due_at.astimezone(SINGAPORE).time().isoformat() == "00:00:00"
    assert singapore_day(timing.due_at) - singapore_day(anchor_at) == timedelta(days=days + 1)
    # and the job's deadline is the same instant: there is one source of deadlines
    assert due(record_type, singapore_day(anchor_at), provider).at == timing.due_at


@pytest.mark.parametrize(
    ("anchor_at", "due_at"),
    [
        ("2026-03-24T15:59:59.999999Z", "2026-04-07T16:00:00Z"),  # still the 24th in Singapore
        ("2026-03-24T16:00:00Z", "2026-04-08T16:00:00Z"),  # the 25th there, the 24th in UTC
        ("2026-03-24T23:59:59Z", "2026-04-08T16:00:00Z"),
    ],
)
def test_the_day_is_singapores(anchor_at: str, due_at: str) -> None:
    at = datetime.fromisoformat(anchor_at)
    timing = timing_of(ObligationKey.ATTENDANCE_SUBMIT, at, at, ProviderType.PUBLIC)
    assert timing.due_at == datetime.fromisoformat(due_at)


@given(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    back = working_days_from(day, -count)
    between = [back + timedelta(days=offset) for offset in range((day - back).days)]
    assert sum(map(is_working, between)) == count
    assert is_working(back)
    by = working_day_by(day)
    assert by <= day
    assert not any(is_working(by + timedelta(days=offset)) for offset in range(1, (day - by).days + 1))


def test_internal_targets_move_back_over_weekends_and_holidays() -> None:
    # given a run that starts on Friday 20 February 2026, after Lunar New Year on Tuesday and Wednesday
    start = start_of_day(date(2026, 2, 20))
    # when
    timing = timing_of(ObligationKey.RUN_CONFIRM, start - timedelta(days=30), start, ProviderType.PUBLIC)
    # then three working days before are Thursday, Monday, Friday the 13th
    assert timing.due_at == datetime(2026, 2, 14, tzinfo=SINGAPORE)
    assert date(2026, 2, 17) in holidays()


@given(keys, instants, st.timedeltas(timedelta(0), timedelta(days=90)), instants)
def test_a_level_holds_until_its_next_change_and_is_another_then(
    key: ObligationKey, trigger_at: datetime, ahead: timedelta, now: datetime
) -> None:
    timing = timing_of(key, trigger_at, trigger_at + ahead, ProviderType.PUBLIC)
    case = Case(style=POLICY.rule(key).style, timing=timing)
    verdict = judge(case, now)
    if verdict.next_change_at is None:
        assert judge(case, now + timedelta(days=9_999)) == verdict
        return
    assert verdict.next_change_at > now
    shortly = judge(case, verdict.next_change_at - MICRO)
    assert shortly == verdict
    assert judge(case, verdict.next_change_at) != verdict


@pytest.mark.parametrize(
    ("short_of", "amber_left", "red_left"),
    [(timedelta(0), timedelta(days=7), timedelta(days=2)), (MICRO, timedelta(days=5), timedelta(days=2))],
)
def test_ten_days_are_a_long_window_and_a_moment_less_is_a_short_one(
    short_of: timedelta, amber_left: timedelta, red_left: timedelta
) -> None:
    # given a duty whose due instant is ten days after it arose, or a moment less
    due_at = datetime(2026, 3, 20, 16, tzinfo=UTC)
    trigger_at = due_at - timedelta(days=10) + short_of
    timing = timing_of(ObligationKey.ATTENDANCE_SUBMIT, trigger_at, due_at - timedelta(days=15), ProviderType.PUBLIC)
    # then seven and two days, or a half and four fifths of it
    assert timing.due_at == due_at
    assert (due_at - timing.amber_at - amber_left) // timedelta(seconds=1) == 0
    assert (due_at - timing.red_at - red_left) // timedelta(seconds=1) == 0


@pytest.mark.parametrize(
    ("at", "level", "breached"),
    [
        ("2026-03-31T15:59:59.999999Z", GREEN, False),
        ("2026-03-31T16:00:00Z", AMBER, False),  # seven days left, to the microsecond
        ("2026-04-05T15:59:59.999999Z", AMBER, False),
        ("2026-04-05T16:00:00Z", RED, False),  # two days left
        ("2026-04-07T15:59:59.999999Z", RED, False),
        ("2026-04-07T16:00:00Z", RED, True),  # 00:00 in Singapore: too late
    ],
)
def test_long_windows_warn_by_days_left(at: str, level: ObligationLevel, breached: bool) -> None:
    ended = datetime(2026, 3, 24, 9, tzinfo=UTC)
    timing = timing_of(ObligationKey.ATTENDANCE_SUBMIT, ended, ended, ProviderType.PUBLIC)
    verdict = judge(Case(style=Style.DEADLINE, timing=timing), datetime.fromisoformat(at))
    assert (verdict.level, verdict.breached) == (level, breached)


@pytest.mark.parametrize(
    ("hours", "level", "breached"),
    [(11.99, GREEN, False), (12, AMBER, False), (19.19, AMBER, False), (19.2, RED, False), (24, RED, True)],
)
def test_short_windows_warn_by_the_share_that_has_passed(hours: float, level: ObligationLevel, breached: bool) -> None:
    ended = datetime(2026, 3, 24, 9, tzinfo=UTC)
    timing = timing_of(ObligationKey.ATTENDANCE_MARKED, ended, ended, ProviderType.PUBLIC)
    verdict = judge(Case(style=Style.DEADLINE, timing=timing), ended + timedelta(hours=hours))
    assert (verdict.level, verdict.breached) == (level, breached)


def test_our_own_target_turns_a_duty_amber_long_before_it_is_due() -> None:
    # given an enrolment confirmed on Monday, of a run that starts a month later: to be sent the same day
    confirmed = datetime(2026, 3, 2, 4, tzinfo=UTC)
    timing = timing_of(ObligationKey.ENROLMENT_SUBMIT, confirmed, start_of_day(date(2026, 4, 6)), ProviderType.PUBLIC)
    case = Case(style=Style.DEADLINE, timing=timing)
    # then
    midnight = datetime(2026, 3, 3, tzinfo=SINGAPORE)
    assert judge(case, midnight - MICRO).level is GREEN
    assert judge(case, midnight).level is AMBER


@given(keys, instants, instants, instants)
def test_what_was_met_late_stays_red_until_it_is_waived(
    key: ObligationKey, anchor_at: datetime, satisfied_at: datetime, now: datetime
) -> None:
    style = POLICY.rule(key).style
    timing = timing_of(key, anchor_at, anchor_at, ProviderType.PUBLIC)
    verdict = judge(Case(style=style, timing=timing, satisfied_at=satisfied_at), now)
    late = style is Style.DEADLINE and satisfied_at >= timing.due_at
    assert (verdict.state is ObligationState.LATE, verdict.level is RED, verdict.breached) == (late, late, late)
    waived = judge(Case(style=style, timing=timing, satisfied_at=satisfied_at, waived=True), now)
    assert (waived.state, waived.level, waived.breached) == (ObligationState.WAIVED, GREEN, late)


def test_a_leap_day_is_kept_for_five_years_too() -> None:
    assert years_after(date(2028, 2, 29), 5) == date(2033, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_day_is_judged_by_whole_rules(day: date) -> None:
    assert set(policy_on(day).obligations) == set(ObligationKey)


@pytest.mark.parametrize("missing", ["run_publish", "attendance_submit"])
def test_rules_that_leave_a_duty_out_are_refused(missing: str) -> None:
    plain = POLICY.model_dump(by_alias=True)
    plain["obligations"] = {key: rule for key, rule in plain["obligations"].items() if key != missing}
    with pytest.raises(ValidationError, match="every duty has a rule"):
        Policy.model_validate(plain)
