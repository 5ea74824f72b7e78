"""Words people send to auth, judged at the door."""

from typing import Annotated, Any

from pydantic import AfterValidator, EmailStr, Field, SecretStr, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from libs.access.permissions import Role
from libs.privacy.shapes import holds_identity_number

SHORTEST, LONGEST = 12, 256


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""


def _fitting(password: SecretStr) -> SecretStr:
    if not SHORTEST <= len(password) <= LONGEST:
        fix = f"Send {SHORTEST} to {LONGEST} characters; several unrelated words are best."
        raise PydanticCustomError("password_length", "This password is too short or too long.", {"fix": fix})
    return password


def _no_identity_number(password: SecretStr) -> SecretStr:
    if holds_identity_number(password.get_secret_value()):
        message = "an NRIC or FIN is no password"
        raise ValueError(message)
    return password


def _people_only(role: Role) -> Role:
    if role is Role.SERVICE:
        message = "the role service belongs to clients, not to people"
        raise ValueError(message)
    return role


def _each_once(roles: list[Role]) -> list[Role]:
    return sorted(set(roles), key=list(Role).index)


Email = Annotated[EmailStr, StringConstraints(max_length=254)]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
ClientName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
NewPassword = Annotated[
    SecretStr,
    AfterValidator(_fitting),
    AfterValidator(_no_identity_number),
    WithJsonSchema({"type": "string", "format": "password", "minLength": SHORTEST, "maxLength": LONGEST}),
]
PersonRole = Annotated[Role, AfterValidator(_people_only)]
PersonRoles = Annotated[list[PersonRole], Field(min_length=1, max_length=10), AfterValidator(_each_once)]
Scopes = Annotated[list[Annotated[str, StringConstraints(max_length=40)]], Field(max_length=40)]
