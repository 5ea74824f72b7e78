"""Perform a call of the journal once more, past the door: no wire, no faults, the same caller and words."""

import time

from infra.tpg_simulator.catalogue import match
from infra.tpg_simulator.envelope import refusal, success
from infra.tpg_simulator.journal import Entry
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.world import World


class NotReplayable(Exception):
    """The call never reached an operation."""


def replay(world: World, entry: Entry) -> Entry:
    """Perform and write down the call anew; stores like the first time, or refuses as the state now demands."""
    found = match(entry.method, entry.path)
    if found is None or entry.provider is None:
        raise NotReplayable
    operation = found.choose(entry.request)
    call = Call(
        world=world,
        provider_uen=entry.provider,
        by_token=entry.identity == "bearer",
        path=found.path,
        query=entry.query,
        body=entry.request,
    )
    started = time.perf_counter()
    again = entry.model_copy(update={"at": world.clock.now(), "faults": ["replay"], "stored": False})
    try:
        answer = operation.handler(call)
        again.reply = success(answer, status_as_text=operation.status_as_text)
        again.status, again.stored = 200, answer.stored
    except Refusal as refused:
        again.reply = refusal(refused, operation.family)
        again.status = refused.status
    again.took_ms = round((time.perf_counter() - started) * 1000, 3)
    world.journal.write(again, capacity=world.switches.journal_entries)
    return again
