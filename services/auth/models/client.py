from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from libs.access.permissions import MATRIX, Grant, Role
from libs.contracts.auth import ClientChanged, ClientCreated, ClientDisabled, ClientSecretRotated
from libs.contracts.event import Change
from libs.database.model import Record, instant, status_column
from services.auth.errors import NotInState, ScopeUnknown
from services.auth.models.model import Model

SCOPES = sorted(permission.value for permission, cells in MATRIX.items() if cells.get(Role.SERVICE) is Grant.SCOPED)
"""All that a client may ever be given."""
SECRET = "client.secret"  # noqa: S105 - the purpose of the fingerprint


def known_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes in one order, each once. Raises ScopeUnknown for one that no client may hold."""
    wanted = sorted(set(scopes))
    if not set(wanted) <= set(SCOPES):
        raise ScopeUnknown(SCOPES)
    return wanted


class ClientStatus(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


class Client(Record, Model, table=True):
    """Another system that asks for tokens. Of its secret only a keyed digest is kept."""

    __tablename__ = "client"
    __table_args__ = (Index("client_name_key", "name", unique=True),)

    name: str
    status: ClientStatus = status_column(ClientStatus, ClientStatus.ACTIVE)
    scopes: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    secret_digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    previous_digest: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    previous_until: datetime | None = instant(default=None, nullable=True)

    @property
    def active(self) -> bool:
        return self.status is ClientStatus.ACTIVE

    def knows(self, digest: bytes, now: datetime) -> bool:
        """Whether a secret with this digest opens: the present one, or for a while the one before."""
        present = compare_digest(self.secret_digest, digest)
        previous = compare_digest(self.previous_digest or b"", digest)
        return present or (previous and self.previous_until is not None and now < self.previous_until)

    def created(self) -> ClientCreated:
        return ClientCreated(client_id=self.id, scopes=tuple(self.scopes))

    def change(self, *, name: str, scopes: list[str]) -> ClientChanged | None:
        """None when nothing differs."""
        wanted = {"name": name, "scopes": scopes}
        differing = {field: new for field, new in wanted.items() if getattr(self, field) != new}
        changes = tuple(Change(field=field, old=getattr(self, field), new=new) for field, new in differing.items())
        for field, new in differing.items():
            setattr(self, field, new)
        return self._changed(*changes) if changes else None

    def take_secret(
        self, digest: bytes, *, now: datetime, overlap: timedelta, reason: str | None
    ) -> ClientSecretRotated:
        """The secret so far works on for `overlap`; one from an earlier rotation ends now."""
        self.previous_digest, self.previous_until = (self.secret_digest, now + overlap) if overlap else (None, None)
        self.secret_digest = digest
        return ClientSecretRotated(client_id=self.id, reason=reason)

    def disable(self, reason: str) -> ClientDisabled:
        if not self.active:
            raise NotInState("client", self.status, allowed="enable")
        self.status = ClientStatus.DISABLED
        return ClientDisabled(client_id=self.id, reason=reason)

    def enable(self, reason: str | None) -> ClientChanged:
        if self.active:
            raise NotInState("client", self.status, allowed="disable")
        old, self.status = self.status, ClientStatus.ACTIVE
        return self._changed(Change(field="status", old=old, new=self.status)).because(reason)

    def _changed(self, *changes: Change) -> ClientChanged:
        return ClientChanged(client_id=self.id, scopes=tuple(self.scopes), changes=changes)
