"""The code on the room's screen: it changes every half minute, and belongs to one session."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

STEP: Final = timedelta(seconds=30)
LENGTH: Final = 12
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEY, _PASS, _DEVICE = "check_in.key", "check_in.pass", "check_in.device"


class Fingerprints(Protocol):
    """The part of the vault that keyed digests need."""

    def fingerprint(self, secret: str, *, purpose: str) -> bytes: ...


def code_of(session_id: UUID, at: datetime, vault: Fingerprints) -> str:
    """The code shown at that instant.

    The key of the session is made from the service's own secret whenever it is needed, so it is stored nowhere.
    """
    return _code(session_id, _step(at), vault)


def fits(code: str, session_id: UUID, at: datetime, vault: Fingerprints) -> bool:
    """Whether the code is the one shown now, or the one before: reading and typing take a moment."""
    step = _step(at)
    given = code.strip().upper().encode()
    now, before = (_code(session_id, each, vault).encode() for each in (step, step - 1))
    return hmac.compare_digest(given, now) | hmac.compare_digest(given, before)  # both are compared, always


def changes_at(at: datetime) -> datetime:
    """When the next code is shown."""
    return _EPOCH + (_step(at) + 1) * STEP


def digest_of_pass(secret: str, vault: Fingerprints) -> bytes:
    """All that is kept of a personal pass."""
    return vault.fingerprint(secret, purpose=_PASS)


def digest_of_device(device: str, session_id: UUID, vault: Fingerprints) -> bytes:
    """All that is kept of a device: it is recognised within one session, and nowhere else."""
    return vault.fingerprint(device, purpose=f"{_DEVICE}.{session_id}")


def _step(at: datetime) -> int:
    return (at - _EPOCH) // STEP


def _code(session_id: UUID, step: int, vault: Fingerprints) -> str:
    key = vault.fingerprint(str(session_id), purpose=_KEY)
    digest = hmac.new(key, step.to_bytes(8, "big"), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:LENGTH]
