"""Sound requests and bent ones, the same for the same seed."""

from collections.abc import Iterable, Iterator
from random import Random

from infra.preflight_corpus.bending import WAYS, bent, swapped
from infra.preflight_corpus.case import Case, Json, Place, places, spelt
from infra.preflight_corpus.knots import tied
from infra.preflight_corpus.operations import OPERATIONS

_DRAWS_PER_FIELD = 40
"""How many sound bodies are looked through for one that has a field, before it counts as unknown."""
MOST_AT_ONCE = 4
_TRIES = 2


def sound(seed: int, each: int, *, only: str | None = None) -> Iterator[Case]:
    """So many sound requests of each operation, or of the only one wanted."""
    for name in _wanted(only):
        for number in range(each):
            yield Case(name, OPERATIONS[name].draw(Random(f"{seed} {name} {number}")))


def bad(seed: int, often_each: int, *, only: str | None = None) -> Iterator[Case]:
    """All that was bent: once everywhere, in knots, and often."""
    for name in _wanted(only):
        yield from bent_once(name, seed)
        yield from knotted(name, seed)
        yield from bent_often(name, seed, often_each)


def _wanted(only: str | None) -> Iterable[str]:
    return OPERATIONS if only is None else (only,)


def bent_once(name: str, seed: int) -> Iterator[Case]:
    """Every way of bending at every place any sound request has; each place in the smallest body that has it."""
    for place, body in _places_of(name, seed):
        rng = Random(f"{seed} {name} {spelt(place)}")
        for way in WAYS:
            for other in _bodies_bent(rng, body, way, place):
                yield Case(name, other, (f"{way} at {spelt(place)}",))


def _bodies_bent(rng: Random, body: Json, way: str, place: Place) -> list[Json]:
    """A way that chooses among several values is gone more than once."""
    found: list[Json] = []
    for _ in range(_TRIES):
        other = bent(rng, body, way, place)
        if other is None:
            break
        if not any(repr(other) == repr(known) for known in found):
            found.append(other)
    return found


def knotted(name: str, seed: int) -> Iterator[Case]:
    """What several fields say together, wrong or just right."""
    body = max(_bodies(name, seed), key=_size)
    for told, other in (*tied(name, body), *swapped(body, list(places(body)))):
        yield Case(name, other, (told,))


def bent_often(name: str, seed: int, times: int) -> Iterator[Case]:
    """So many, bent at two places or more."""
    for number in range(times):
        rng = Random(f"{seed} {name} often {number}")
        yield _bent_often(name, OPERATIONS[name].draw(rng), rng)


def _bent_often(name: str, body: Json, rng: Random) -> Case:
    told: list[str] = []
    wanted = rng.randint(2, MOST_AT_ONCE)
    while len(told) < wanted and (known := list(places(body))):
        place, way = rng.choice(known), rng.choice(WAYS)
        if (other := bent(rng, body, way, place)) is not None:
            body = other
            told.append(f"{way} at {spelt(place)}")
    return Case(name, body, tuple(told))


def _bodies(name: str, seed: int) -> list[Json]:
    return [OPERATIONS[name].draw(Random(f"{seed} {name} for fields {number}")) for number in range(_DRAWS_PER_FIELD)]


def _places_of(name: str, seed: int) -> list[tuple[Place, Json]]:
    """Each place of any body, positions in lists told apart only where there are several kinds, with its body."""
    found: dict[tuple[str | int, ...], tuple[Place, Json]] = {}
    for body in sorted(_bodies(name, seed), key=_size):
        for place in places(body):
            found.setdefault(_kind_of(place, body), (place, body))
    return list(found.values())


def _kind_of(place: Place, body: Json) -> tuple[str | int, ...]:
    """Without positions; but a session to update is another than one to add, a new trainer than an existing one."""
    kind: list[str | int] = []
    part: object = body
    for step in place:
        part = part[step]  # type: ignore[index]  # every place leads through objects and lists
        kind.append(_sort_of(part) if isinstance(step, int) else step)
    return tuple(kind)


def _sort_of(part: object) -> str:
    if not isinstance(part, dict):
        return "[]"
    trainer = part.get("trainer")
    told = trainer["trainerType"]["code"] if isinstance(trainer, dict) else part.get("action", "")
    return f"[{told}]"


def _size(body: Json) -> int:
    return len(list(places(body)))
