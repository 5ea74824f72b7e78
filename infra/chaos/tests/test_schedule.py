"""What a seed decides, it decides again."""

import random
from collections import Counter

from infra.chaos.schedule import BESIDE_REPAIRING, blows, schedule

VICTIMS = ["auth", "course", "gateway"]


def test_the_same_seed_breaks_the_same_things_at_the_same_times() -> None:
    assert schedule(7, 60, VICTIMS) == schedule(7, 60, VICTIMS)
    assert schedule(7, 60, VICTIMS) != schedule(8, 60, VICTIMS)


def test_every_two_to_three_seconds_something_dies_and_once_each_broker_and_database() -> None:
    faults = schedule(7, 60, VICTIMS)
    struck = Counter(fault.victim for fault in faults)
    assert (struck["rabbitmq"], struck["postgres"]) == (1, 1)
    times = [fault.at_s for fault in faults if fault.victim in VICTIMS]
    pauses = [after - before for before, after in zip([0.0, *times], times, strict=False)]
    assert all(1.99 <= pause <= 3.01 for pause in pauses)
    assert faults == sorted(faults)
    assert faults[-1].at_s < 60


def test_blows_fall_as_often_as_named_the_worker_first_and_the_others_in_any_order() -> None:
    planned = blows(random.Random(7), BESIDE_REPAIRING)
    assert planned == blows(random.Random(7), BESIDE_REPAIRING)
    assert planned[0].victim == "tpg_sync"
    assert Counter(blow.victim for blow in planned) == Counter(BESIDE_REPAIRING)
    orders = {tuple(blow.victim for blow in blows(random.Random(seed), BESIDE_REPAIRING)) for seed in range(20)}
    assert len(orders) > 1
    assert planned[0].after_s < planned[1].after_s < 2
