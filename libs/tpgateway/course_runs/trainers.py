"""Trainers and assessors as a run links them: an existing one is found by id number, a new one is told in full."""

from pydantic import Field

from libs.tpgateway.course_runs.parts import Coded
from libs.tpgateway.wire import Flag, Sent, Whole

EXISTING, NEW = "1", "2"
"""Trainer types. Part of the shape of the message: each makes other fields count."""


class Role(Sent):
    id: Whole
    description: str | None = None


class RoleLink(Sent):
    role: Role


class Photo(Sent):
    name: str = ""
    content: str = ""


class Level(Sent):
    code: str


class Qualification(Sent):
    description: str | None = None
    level: Level | None = Field(default=None, alias="ssecEQA")


class Trainer(Sent):
    """One person on a run. For an existing one TPGateway ignores everything but the id number."""

    trainer_type: Coded
    id_number: str | None = Field(default=None, repr=False)
    id_type: Coded | None = None
    index_number: Whole | None = None
    id: str | None = None
    name: str | None = Field(default=None, repr=False)
    email: str | None = Field(default=None, repr=False)
    roles: tuple[RoleLink, ...] | None = None
    in_training_provider_profile: Flag | None = None
    domain_area_of_practice: str | None = None
    experience: str | None = None
    linked_in_url: str | None = Field(default=None, alias="linkedInURL", repr=False)
    salutation_id: Whole | None = None
    photo: Photo | None = Field(default=None, repr=False)
    qualifications: tuple[Qualification, ...] | None = Field(default=None, alias="linkedSsecEQAs")

    @property
    def is_new(self) -> bool:
        return self.trainer_type.code == NEW


class TrainerLink(Sent):
    trainer: Trainer
