"""Singapore's calendar days."""

from datetime import date, datetime, time, timedelta

from libs.sources import SINGAPORE


def start_of_day(day: date) -> datetime:
    """00:00 in Singapore."""
    return datetime.combine(day, time(), SINGAPORE)


def end_of_day(day: date) -> datetime:
    """00:00 in Singapore of the day after: the first instant that is too late."""
    return start_of_day(day + timedelta(days=1))


def years_after(day: date, count: int) -> date:
    """The same day so many years later; the 28th for a 29 February that is not there."""
    try:
        return day.replace(year=day.year + count)
    except ValueError:
        return day.replace(year=day.year + count, day=28)
