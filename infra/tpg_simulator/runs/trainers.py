"""Trainers on a run: Existing ones are looked up in the provider's profile, New ones come with the request."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from infra.tpg_simulator import codes
from infra.tpg_simulator.fields import read_fields
from infra.tpg_simulator.operation import Call
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.refusals import Problems
from infra.tpg_simulator.runs.shapes import EXISTING_TRAINER, NEW_TRAINER, TRAINER_TYPE
from infra.tpg_simulator.store import TrainerKey

VISIBLE_ID_CHARACTERS = 4


@dataclass(slots=True)
class LinkedTrainers:
    """The trainers of one run, and those of them to be saved in the provider's profile."""

    links: list[Json] = field(default_factory=list)
    to_profile: dict[TrainerKey, Json] = field(default_factory=dict)


def read_trainers(links: Any, path: str, call: Call, problems: Problems) -> LinkedTrainers:
    """Read `linkCourseRunTrainer`; absent and null mean none."""
    linked = LinkedTrainers()
    if links is None:
        return linked
    if not isinstance(links, list):
        problems.add(path, "Must be a list.")
        return linked
    for position, link in enumerate(links):
        where = f"{path}[{position}].trainer"
        source = link.get("trainer") if isinstance(link, dict) else None
        if not isinstance(source, dict):
            problems.add(where, "This field is required.")
            continue
        if trainer := _read_one(source, where, call, problems):
            linked.links.append(trainer)
            if trainer.get("inTrainingProviderProfile") and _type_of(trainer) == codes.NEW_TRAINER:
                linked.to_profile[call.provider_uen, trainer["idNumber"].strip().upper()] = trainer
    return linked


def _read_one(source: Json, where: str, call: Call, problems: Problems) -> Json | None:
    kind = _type_of(source)
    if kind == codes.NEW_TRAINER:
        return _read_new(source, where, problems)
    if kind == codes.EXISTING_TRAINER:
        return _find_existing(source, where, call, problems)
    read_fields((TRAINER_TYPE,), source, where, problems)
    return None


def _type_of(trainer: Json) -> str | None:
    kind = trainer.get("trainerType")
    code = kind.get("code") if isinstance(kind, dict) else None
    return code if isinstance(code, str) else None


def _read_new(source: Json, where: str, problems: Problems) -> Json:
    trainer = read_fields(NEW_TRAINER, source, where, problems)
    if trainer.get("roles") == []:
        problems.add(f"{where}.roles", "At least one role is required.")
    return {**trainer, "uuid": trainer.get("id") or str(uuid4())}


def _find_existing(source: Json, where: str, call: Call, problems: Problems) -> Json | None:
    """Look up by the ID number alone: every other field of the request is ignored."""
    trainer = read_fields(EXISTING_TRAINER, source, where, problems)
    if "idNumber" not in trainer:
        return None
    profile = call.world.find_profile_trainer(call.provider_uen, trainer["idNumber"])
    if profile is None:
        problems.add(f"{where}.idNumber", "FIELD_ERROR: Existing_Trainer_NotFound")
        return None
    return {"uuid": trainer.get("id") or str(uuid4()), **profile, **trainer}


def show_trainer(trainer: Json, organization: str, *, mask: str) -> Json:
    """Write a linked trainer as a view does: ID number masked, qualifications under their other name."""
    hidden = {"idNumber", "linkedSsecEQAs"}
    shown = {name: value for name, value in trainer.items() if name not in hidden}
    return {
        "trainer": {
            **shown,
            "organizationKey": organization,
            "idNumber": mask_id(str(trainer.get("idNumber", ""))) if mask == "last4" else "",
            "ssecEQAs": [_show_qualification(one) for one in trainer.get("linkedSsecEQAs", [])],
        }
    }


def _show_qualification(linked: Json) -> Json:
    code = linked.get("ssecEQA", {}).get("code", "")
    return {
        "description": linked.get("description", ""),
        "ssecEQA": {"code": code, "description": codes.QUALIFICATIONS.get(code, "")},
    }


def mask_id(number: str) -> str:
    return "*" * max(len(number) - VISIBLE_ID_CHARACTERS, 0) + number[-VISIBLE_ID_CHARACTERS:]
