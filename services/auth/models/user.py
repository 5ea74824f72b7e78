from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.access.permissions import Role
from libs.contracts.auth import (
    UserChanged,
    UserCreated,
    UserDisabled,
    UserEnabled,
    UserPasswordChanged,
    UserRolesChanged,
)
from libs.contracts.event import Change
from libs.database.model import Record, status_column
from services.auth.errors import NotInState
from services.auth.models.model import Model

EMAIL, NAME = "user.email", "user.name"
"""What the vault binds the sealed values to."""


class UserStatus(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class User(Record, Model, table=True):
    """A person who signs in. Email and name are stored encrypted; the index finds an email."""

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("cardinality(roles) > 0", name="roles"),
        Index("user_account_email_index_key", "email_index", unique=True),
    )

    status: UserStatus = status_column(UserStatus, UserStatus.ACTIVE)
    roles: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    email_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    email_index: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    name_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    password_hash: str = Field(nullable=False, repr=False)

    @property
    def active(self) -> bool:
        return self.status is UserStatus.ACTIVE

    @property
    def administers(self) -> bool:
        """Whether this person can let others in."""
        return self.active and Role.ADMIN in self.roles

    @property
    def acting_role(self) -> str:
        """The role under which a sign-in is recorded."""
        return self.roles[0]

    def created(self) -> UserCreated:
        return UserCreated(user_id=self.id, roles=tuple(self.roles))

    def redo(self, sealed: dict[str, Any], *, fields: Iterable[str]) -> UserChanged:
        """Take new sealed details; only the names of the fields are told."""
        for column, value in sealed.items():
            setattr(self, column, value)
        return UserChanged(user_id=self.id, changes=tuple(Change(field=field) for field in fields))

    def take_roles(self, roles: list[str], reason: str | None) -> UserRolesChanged:
        old, self.roles = self.roles, roles
        change = Change(field="roles", old=list(old), new=list(roles))
        return UserRolesChanged(user_id=self.id, roles=tuple(roles), reason=reason, changes=(change,))

    def take_password(self, password_hash: str, reason: str | None) -> UserPasswordChanged:
        self.password_hash = password_hash
        return UserPasswordChanged(user_id=self.id, reason=reason)

    def disable(self, reason: str) -> UserDisabled:
        if not self.active:
            raise NotInState("account", self.status, allowed="enable")
        self.status = UserStatus.DISABLED
        return UserDisabled(user_id=self.id, reason=reason)

    def enable(self, reason: str | None) -> UserEnabled:
        if self.active:
            raise NotInState("account", self.status, allowed="disable")
        self.status = UserStatus.ACTIVE
        return UserEnabled(user_id=self.id, reason=reason)
