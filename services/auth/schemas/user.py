from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SecretStr

from libs.access.permissions import Permission, Role
from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import LastChange
from services.auth.models.user import UserStatus
from services.auth.schemas.words import UNSET, Email, NewPassword, PersonName, PersonRoles

Reach = Literal["all", "masked", "own", "scoped"]
"""How far a permission goes, in the words of the access matrix."""


class WithPassword(Body):
    """Blanks around a password belong to it, so here none are removed from anything."""

    model_config = ConfigDict(str_strip_whitespace=False)


class UserWish(WithPassword):
    """A new person and the password they begin with."""

    email: Email
    name: PersonName
    roles: PersonRoles
    password: NewPassword


class UserPatch(Body):
    """Only the fields sent change."""

    email: Email = UNSET
    name: PersonName = UNSET


class FindWish(Body):
    """The email of one account: in a body, because addresses have no place in a URL."""

    email: Email


class RolesWish(Body):
    roles: PersonRoles
    reason: Reason | None = None


class WhyWish(Body):
    reason: Reason


class MaybeWhy(Body):
    reason: Reason | None = None


class PasswordWish(WithPassword):
    """A password an administrator hands to somebody."""

    password: NewPassword
    reason: Reason | None = None


class OwnPasswordWish(WithPassword):
    current_password: SecretStr
    password: NewPassword


class UserView(LastChange):
    """An account. Email and name are masked for readers who see personal data masked."""

    id: UUID
    version: int
    email: str
    name: str
    roles: list[str]
    status: UserStatus
    locked_until: datetime | None
    created_at: datetime


class MeView(BaseModel):
    """Who calls, and how far each permission reaches: what a user interface shows or hides by."""

    id: UUID
    kind: str
    name: str
    email: str | None
    roles: list[Role]
    scopes: list[str]
    permissions: dict[Permission, Reach]
    sign_in_id: UUID | None
