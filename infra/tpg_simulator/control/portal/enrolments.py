"""Somebody enrols people in the portal, changes and cancels enrolments there, or takes them away."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.belonging import problems_of
from infra.tpg_simulator.control.portal.drift import (
    Drift,
    any_of,
    keep_drifted,
    keep_made,
    named_run,
    refuse_if_any,
    standing,
)
from infra.tpg_simulator.control.wiring import Controlled
from infra.tpg_simulator.enrolments.create import make_enrolment, read_create
from infra.tpg_simulator.enrolments.record import CANCELLED, Enrolment
from infra.tpg_simulator.records import Json

router = APIRouter(prefix="/enrolments")


class NewEnrolment(BaseModel):
    """The `enrolment` object of a create; only its fields by themselves are checked. The run's provider owns it."""

    model_config = ConfigDict(extra="forbid")

    enrolment: Json


@router.get("")
async def list_enrolments(world: Controlled, run_id: int | None = None, deleted: bool = False) -> list[Enrolment]:
    """List enrolments as stored, in the order they were made."""
    return [one for one in world.store.enrolments.all(deleted_too=deleted) if run_id in {None, one.run_id}]


@router.get("/{reference}")
async def get_enrolment(world: Controlled, reference: str) -> Enrolment:
    return any_of(world.store.enrolments.find(reference))


@router.post("", status_code=201)
async def add_enrolment(world: Controlled, new: NewEnrolment) -> Enrolment:
    problems = problems_of("")
    found = read_create(new.enrolment, problems)
    refuse_if_any(problems)
    return keep_made(world, make_enrolment(world, found, named_run(world, found)))


@router.patch("/{reference}")
async def change_enrolment(world: Controlled, reference: str, drift: Drift) -> Enrolment:
    return keep_drifted(world, standing(world.store.enrolments.find(reference)), drift)


@router.post("/{reference}/cancel")
async def cancel_enrolment(world: Controlled, reference: str) -> Enrolment:
    return await change_enrolment(world, reference, Drift(set={"status": CANCELLED}))


@router.delete("/{reference}")
async def delete_enrolment(world: Controlled, reference: str) -> Enrolment:
    """Take an enrolment away: the API knows it no more."""
    return await change_enrolment(world, reference, Drift(set={"deleted": True}))
