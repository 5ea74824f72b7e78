"""When what is broken: drawn from the seed alone, so that a run replays."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

EVERY_S = (2.0, 3.0)
BROKER_AT, DATABASE_AT = 0.35, 0.65
"""Once each, at these parts of the run."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One process killed (or, for the database, stopped as by a crash) so many seconds after the start."""

    at_s: float
    victim: str


def schedule(seed: int, seconds: float, victims: Sequence[str]) -> list[Fault]:
    """Every two to three seconds one victim; once the broker, once the database."""
    chance = random.Random(seed)
    faults = [Fault(seconds * BROKER_AT, "rabbitmq"), Fault(seconds * DATABASE_AT, "postgres")]
    at_s = chance.uniform(*EVERY_S)
    while at_s < seconds:
        faults.append(Fault(round(at_s, 2), chance.choice(list(victims))))
        at_s += chance.uniform(*EVERY_S)
    return sorted(faults)
