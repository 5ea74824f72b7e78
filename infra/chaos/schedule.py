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


@dataclass(frozen=True, slots=True)
class Blow:
    """One kill so many seconds after the one before."""

    after_s: float
    victim: str


BESIDE_COMPARING = ("tpg_sync", "gateway", "simulator", "postgres", "rabbitmq")
BESIDE_REPAIRING = (*BESIDE_COMPARING, "tpg_sync", "simulator", "attendance")
FIRST_AFTER_S, NEXT_AFTER_S = (0.1, 0.6), (0.8, 1.6)
"""The first comes at once: while the worker is down, nothing gets done, so the next ones surely fall into the work."""


def blows(chance: random.Random, victims: Sequence[str]) -> list[Blow]:
    """Every victim once for each time it is named: the one that does the work first, the others in any order."""
    first, *others = victims
    chance.shuffle(others)
    return [
        Blow(round(chance.uniform(*(NEXT_AFTER_S if number else FIRST_AFTER_S)), 2), victim)
        for number, victim in enumerate([first, *others])
    ]


def schedule(seed: int, seconds: float, victims: Sequence[str]) -> list[Fault]:
    """Every two to three seconds one victim; once the broker, once the database."""
    chance = random.Random(seed)
    faults = [Fault(seconds * BROKER_AT, "rabbitmq"), Fault(seconds * DATABASE_AT, "postgres")]
    at_s = chance.uniform(*EVERY_S)
    while at_s < seconds:
        faults.append(Fault(round(at_s, 2), chance.choice(list(victims))))
        at_s += chance.uniform(*EVERY_S)
    return sorted(faults)
