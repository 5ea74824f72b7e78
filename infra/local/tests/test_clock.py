"""A local system's time: it moves ahead for everybody at once, and never back; production has no such thing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.settings import GatewaySettings
from infra.local.clock import NotMoved, parse_step
from libs.chassis.settings import Environment, refuse_moved_time
from libs.sources import MovedClock, SystemClock, clock_of

MOMENT = timedelta(seconds=5)


def test_without_a_file_it_is_the_machine_s_own_time(tmp_path: Path) -> None:
    clock = MovedClock(tmp_path / "clock")
    assert abs(clock.now() - datetime.now(UTC)) < MOMENT
    assert isinstance(clock_of(None), SystemClock)


def test_every_clock_that_looks_at_the_file_moves_with_it(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clocks = [MovedClock(file), MovedClock(file)]
    before = [clock.now() for clock in clocks]

    file.write_text(str(4 * 86_400))

    for clock, then in zip(clocks, before, strict=True):
        assert timedelta(days=4) <= clock.now() - then < timedelta(days=4) + MOMENT


def test_it_never_goes_back(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = MovedClock(file)
    file.write_text("7200")
    ahead = clock.now()

    file.write_text("60")

    assert clock.now() >= ahead


def test_production_refuses_to_start_with_it() -> None:
    with pytest.raises(ValueError, match="TMS_CLOCK_FILE"):
        refuse_moved_time(Environment.PRODUCTION, Path("clock"))
    with pytest.raises(ValueError, match="TMS_CLOCK_FILE"):
        GatewaySettings(peers={}, clock_file=Path("clock"))
    assert GatewaySettings(peers={}, clock_file=Path("clock"), environment=Environment.DEVELOPMENT).clock_file


@pytest.mark.parametrize(
    ("text", "step"), [("4d", timedelta(days=4)), ("+36h", timedelta(hours=36)), ("90m", timedelta(minutes=90))]
)
def test_steps_are_days_hours_or_minutes(text: str, step: timedelta) -> None:
    assert parse_step(text) == step


@pytest.mark.parametrize("text", ["-4d", "4", "d", "4 weeks", "1e3d"])
def test_anything_else_is_refused_with_what_to_say(text: str) -> None:
    with pytest.raises(NotMoved, match="4d, 36h, 90m"):
        parse_step(text)
