"""Which days nobody works: weekends, and public holidays as data, one file a year."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SATURDAY = 5
_DAY = timedelta(days=1)


@cache
def holidays() -> frozenset[date]:
    """Every public holiday that is known; read once. Years without a file have none."""
    files = (tomllib.loads(path.read_text("utf-8")) for path in _FOLDER.glob("*.toml"))
    return frozenset(day for known in files for day in known["days"])


def is_working(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays()


def working_day_by(day: date) -> date:
    """The day itself when it is a working day, else the last one before it."""
    while not is_working(day):
        day -= _DAY
    return day


def working_days_from(day: date, count: int) -> date:
    """The working day so many after the day, or before it when negative; for 0 the day or the last before it."""
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working(day)
    return working_day_by(day)
