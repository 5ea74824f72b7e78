"""Changes to a stored record by dotted path, as somebody in the provider portal makes them: no rule checks them."""

from typing import Any, TypeVar

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.tpg_simulator.records import CourseRun, Json
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs.paging import read_whole
from infra.tpg_simulator.stored import Stored
from infra.tpg_simulator.world import World

S = TypeVar("S", bound=Stored)


class Drift(BaseModel):
    """Fields to set and to remove, by dotted path into the stored record (`content.venue.room`, `trainee.email`)."""

    model_config = ConfigDict(extra="forbid")

    set: dict[str, Any] = Field(default_factory=dict)
    remove: list[str] = Field(default_factory=list)


def drifted(record: Json, drift: Drift) -> Json:
    """Return the record with the changes made in it."""
    for path, value in drift.set.items():
        *parents, last = path.split(".")
        _walk(record, parents)[last] = value
    for path in drift.remove:
        *parents, last = path.split(".")
        _walk(record, parents).pop(last, None)
    return record


def _walk(record: Json, parents: list[str]) -> Json:
    for name in parents:
        inner = record.setdefault(name, {})
        if not isinstance(inner, dict):
            raise HTTPException(422, f"{name} is not an object")
        record = inner
    return record


def changed_record(world: World, record: S, drift: Drift, **more: Any) -> S:
    """The record with changes from the portal, not yet stored; 422 when it would no longer be one."""
    stamps = {
        "number": record.number,
        "updated_at": world.clock.now().isoformat(),
        "changed_by": "portal",
        "edits": record.edits + 1,
    }
    body = record.model_dump(mode="json") | more
    try:
        changed = type(record).model_validate(drifted(body, drift) | stamps)
    except ValidationError as wrong:
        raise HTTPException(422, wrong.errors(include_url=False, include_context=False)) from None
    if changed.key != record.key:
        raise HTTPException(422, "a record keeps its reference")
    return changed


def keep_drifted(world: World, record: S, drift: Drift) -> S:
    """Store a record with changes from the portal; 422 when it would no longer be one."""
    changed = changed_record(world, record, drift)
    world.store.keep(records=[changed], counted={"portal_changes": 1})
    return changed


def keep_made(world: World, record: S) -> S:
    """Store a record that somebody made in the portal."""
    made = record.model_copy(update={"made_by": "portal", "changed_by": "portal"})
    world.store.keep(records=[made], counted={"portal_changes": 1})
    return made


def standing(record: S | None) -> S:
    """The record if there is one and it was not deleted, else 404."""
    if record is None or record.deleted:
        raise HTTPException(404)
    return record


def any_of(record: S | None) -> S:
    """The record, deleted ones too, else 404."""
    if record is None:
        raise HTTPException(404)
    return record


def refuse_if_any(problems: Problems) -> None:
    """422 with every field that by itself is wrong."""
    if problems.details:
        raise HTTPException(422, [f"{detail.field}: {detail.message}" for detail in problems.details])


def named_run(world: World, found: Json) -> CourseRun:
    """The run that a create names, or 404."""
    run_id = read_whole(found["course"]["run"]["id"])
    run = None if run_id is None else world.store.runs.get(run_id)
    if run is None or run.deleted:
        raise HTTPException(404, "no such course run")
    return run
