"""The stored claim check: exactly what was fetched, sealed; and the digest that says whether two of them are equal."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from libs.privacy.vault import Vault

PURPOSE: Final = "sync-job-payload"


def seal(vault: Vault, claim: BaseModel, record_id: UUID) -> bytes:
    return vault.seal(claim.model_dump_json(), purpose=PURPOSE, subject=record_id)


def unseal(vault: Vault, sealed: bytes, record_id: UUID) -> str:
    return vault.open(sealed, purpose=PURPOSE, subject=record_id)


def digest(content: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()
