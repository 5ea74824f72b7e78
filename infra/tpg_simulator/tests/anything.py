"""What the tests share that send whatever JSON there is: values, places to put them, and a world to send them to."""

import copy
from typing import Any

from hypothesis import strategies as st

from infra.tpg_simulator.operation import Call, Handler
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.samples import COURSE, MONDAY, OWN, synthetic_seed
from infra.tpg_simulator.world import World

RUN_ID = 849900
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["20260323", "2026-03-23", str(RUN_ID), "EMPLOYER", "Void", "Cancel", "4"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "id", "uen", "run"]), inner),
    max_leaves=6,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inner for path in paths(one, (*at, key)))]


def with_change(body: Json, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(body)
    part: Any = changed
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return changed


def calm_world() -> World:
    world = World(synthetic_seed())
    world.clock.set(MONDAY, frozen=True)
    return world


def call(world: World, body: Any, *, ref: str = "", query: dict[str, str] | None = None) -> Call:
    path = {"runId": str(RUN_ID), "ref": ref}
    asked = {"courseReferenceNumber": COURSE} if query is None else query
    return Call(world=world, provider_uen=OWN, by_token=False, path=path, query=asked, body=body)


def status_of(handler: Handler, one: Call) -> int:
    try:
        handler(one)
    except Refusal as refused:
        return refused.status
    return 200
