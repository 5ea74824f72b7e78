from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from libs.web.body import Body
from libs.web.reason import Reason
from services.auth.models.signing_key import KeyState


class RotateKeysWish(Body):
    """`compromised` withdraws every key at once: all access tokens end, and each sign-in fetches a new one."""

    compromised: bool = False
    reason: Reason


class SigningKeyView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    state: KeyState
    created_at: datetime
    activated_at: datetime | None
    verifies_until: datetime | None


class SigningKeysView(BaseModel):
    items: list[SigningKeyView]
