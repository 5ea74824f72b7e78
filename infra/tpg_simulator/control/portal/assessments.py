"""Somebody enters results in the portal, changes and voids them there, or takes them away."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.assessments.create import ROOT, make_assessment
from infra.tpg_simulator.assessments.record import Assessment
from infra.tpg_simulator.assessments.shapes import CREATE
from infra.tpg_simulator.codes import VOID
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
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Problems

router = APIRouter(prefix="/assessments")


class NewAssessment(BaseModel):
    """The `assessment` object of a create; only its fields by themselves are checked. The run's provider owns it."""

    model_config = ConfigDict(extra="forbid")

    assessment: Json


@router.get("")
async def list_assessments(world: Controlled, run_id: int | None = None, deleted: bool = False) -> list[Assessment]:
    """List assessments as stored, in the order they were made."""
    return [one for one in world.store.assessments.all(deleted_too=deleted) if run_id in {None, one.run_id}]


@router.get("/{reference}")
async def get_assessment(world: Controlled, reference: str) -> Assessment:
    return any_of(world.store.assessments.find(reference))


@router.post("", status_code=201)
async def add_assessment(world: Controlled, new: NewAssessment) -> Assessment:
    problems = Problems()
    found = read_fields(CREATE, new.assessment, ROOT, problems)
    refuse_if_any(problems)
    return keep_made(world, make_assessment(world, found, named_run(world, found)))


@router.patch("/{reference}")
async def change_assessment(world: Controlled, reference: str, drift: Drift) -> Assessment:
    return keep_drifted(world, standing(world.store.assessments.find(reference)), drift)


@router.post("/{reference}/void")
async def void_assessment(world: Controlled, reference: str) -> Assessment:
    return await change_assessment(world, reference, Drift(set={"result": VOID}))


@router.delete("/{reference}")
async def delete_assessment(world: Controlled, reference: str) -> Assessment:
    """Take an assessment away: the API knows it no more."""
    return await change_assessment(world, reference, Drift(set={"deleted": True}))
