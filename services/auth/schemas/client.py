from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.web.body import Body
from libs.web.reason import Reason
from libs.web.views import LastChange
from services.auth.models.client import ClientStatus
from services.auth.schemas.words import UNSET, ClientName, Scopes


class ClientWish(Body):
    """Another system that will ask for tokens."""

    name: ClientName
    scopes: Scopes


class ClientPatch(Body):
    """Only the fields sent change."""

    name: ClientName = UNSET
    scopes: Scopes = UNSET


class RotateWish(Body):
    """`immediately` ends the secret so far at once, for when it has leaked; else it works on for a while."""

    immediately: bool = False
    reason: Reason | None = None


class ClientView(LastChange):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    scopes: list[str]
    status: ClientStatus
    previous_until: datetime | None
    created_at: datetime


class ClientSecretView(BaseModel):
    """A new secret, shown this once: only a digest of it is kept."""

    client: ClientView
    secret: str
