"""When to try again."""

from datetime import datetime, timedelta

from libs.sources import Chance


def backoff(number: int, *, start: timedelta, cap: timedelta, chance: Chance) -> timedelta:
    """The wait before try `number` + 1: start x 3^(number - 1), at most `cap`, with equal jitter.

    Half of it is fixed and half random: full jitter can collapse to nearly nothing and burn every attempt against a
    limit that is counted by the minute.
    """
    steps = min(max(number, 1) - 1, 20)  # beyond any cap, and within what a timedelta can hold
    ceiling = min(start * float(3**steps), cap)
    return ceiling / 2 + ceiling / 2 * chance.uniform(0.0, 1.0)


def before_deadline(slot: datetime, deadline: datetime | None, *, now: datetime, margin: timedelta) -> datetime:
    """`slot`, or just before the deadline when the slot would miss it and that moment still lies ahead."""
    if deadline is None or slot < deadline:
        return slot
    last_chance = deadline - margin
    return last_chance if last_chance > now else slot
