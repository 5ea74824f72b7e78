"""Look into the gateway: journal, counts, checks, the whole state; and begin anew."""

from typing import Any

from fastapi import APIRouter, HTTPException

from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.journal import Entry
from infra.tpg_simulator.ledger import Ledger
from infra.tpg_simulator.oauth import TOKEN_PATH
from infra.tpg_simulator.replay import NotReplayable, replay

router = APIRouter(tags=["inspection"])
ALWAYS_COUNTED = (
    *("runs_created", "runs_edited", "runs_deleted", "runs_refused_as_duplicate"),
    *("enrolments_created", "enrolments_updated", "enrolments_cancelled", "fees_told"),
    *("attendance_created", "assessments_created", "assessments_updated", "assessments_voided"),
)


@router.get("/access")
async def tell_access(world: Controlled) -> dict[str, Any]:
    """Tell what a client needs to call this simulator: keys and secrets are synthetic, and of this process only."""
    return {
        "acting_provider": world.acting_by_default().uen,
        "providers": {
            provider.uen: {
                "code": provider.code,
                "name": provider.name,
                "encryption_key": provider.encryption_key or world.encryption_key,
            }
            for provider in world.seed.providers
        },
        "oauth_clients": world.client_secrets,
        "token_path": TOKEN_PATH,
    }


@router.get("/journal")
async def read_journal(
    world: Controlled,
    operation: str | None = None,
    after: int = 0,
    traceparent: str | None = None,
    stored: bool | None = None,
    limit: int = 200,
) -> list[Entry]:
    """Read calls, oldest first; `traceparent` matches any part of that header, such as the trace id."""
    return world.journal.find(operation=operation, after=after, traceparent=traceparent, stored=stored, limit=limit)


@router.post("/journal/{sequence}/replay")
async def replay_call(world: Controlled, sequence: int) -> Entry:
    """Perform a call once more, as a client that sends everything twice would."""
    entry = world.journal.find_one(sequence)
    if entry is None:
        raise HTTPException(404)
    try:
        return replay(world, entry)
    except NotReplayable:
        raise HTTPException(409, "the call never reached an operation") from None


@router.delete("/journal", status_code=204)
async def clear_journal(world: Controlled) -> None:
    world.journal.clear()


@router.get("/counts")
async def read_counts(world: Controlled) -> dict[str, int]:
    """Tell calls, acceptances, refusals and drops per operation, and what became of records, since the last reset."""
    return dict.fromkeys(ALWAYS_COUNTED, 0) | dict(sorted(world.store.counts.items()))


@router.get("/checks/equal-runs")
async def check_equal_runs(world: Controlled, deleted: bool = False) -> dict[str, Any]:
    """Find runs published with equal content: a client that repeats creates has some, a careful one has none."""
    groups = world.store.equal_runs(deleted_too=deleted)
    return {"groups": groups, "surplus": sum(len(group) - 1 for group in groups)}


@router.get("/checks/equal-enrolments")
async def check_equal_enrolments(world: Controlled, deleted: bool = False) -> dict[str, Any]:
    """Find people enrolled twice on one run; `deleted` counts cancelled and deleted enrolments as well."""
    return _doubles(world.store.enrolments, fallen_too=deleted)


@router.get("/checks/equal-attendance")
async def check_equal_attendance(world: Controlled, deleted: bool = False) -> dict[str, Any]:
    """Find uploads that say the same of the same person; `deleted` counts voided and removed rows as well."""
    return _doubles(world.store.attendance, fallen_too=deleted)


@router.get("/checks/equal-assessments")
async def check_equal_assessments(world: Controlled, deleted: bool = False) -> dict[str, Any]:
    """Find people with two results for one skill of a run; `deleted` counts voided and deleted ones as well."""
    return _doubles(world.store.assessments, fallen_too=deleted)


def _doubles(ledger: Ledger[Any], *, fallen_too: bool) -> dict[str, Any]:
    groups = ledger.doubles(fallen_too=fallen_too)
    return {"groups": groups, "surplus": sum(len(group) - 1 for group in groups)}


@router.get("/state")
async def dump_state(world: Controlled) -> dict[str, Any]:
    return {
        "runs": [run.model_dump(mode="json") for run in world.store.runs.values()],
        "enrolments": [one.model_dump(mode="json") for one in world.store.enrolments.all(deleted_too=True)],
        "attendance": [one.model_dump(mode="json") for one in world.store.attendance.all(deleted_too=True)],
        "assessments": [one.model_dump(mode="json") for one in world.store.assessments.all(deleted_too=True)],
        "trainers": [{"provider": uen, **trainer} for (uen, _), trainer in world.store.trainers.items()],
        "counts": dict(world.store.counts),
        "switches": world.switches.as_wire(),
        "clock": world.clock.now().isoformat(),
    }


@router.delete("/state", status_code=204)
async def reset_state(world: Controlled, everything: bool = False) -> None:
    """Forget all records, counts, tokens, the journal and faults; with `everything` also switches and clock."""
    world.store.reset()
    world.journal.clear()
    world.faults.clear()
    world.tokens.forget_all()
    if everything:
        world.reset_switches()
        world.keep_clock(world.clock.reset())
