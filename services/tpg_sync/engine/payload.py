"""The stored claim check: exactly what was fetched, sealed; and the digest that says whether two of them are equal."""

import hashlib
import json
from typing import Final
from uuid import UUID

from libs.contracts.submissions import RunSubmission
from libs.privacy.vault import Vault

PURPOSE: Final = "sync-job-payload"


def seal(vault: Vault, submission: RunSubmission) -> bytes:
    return vault.seal(submission.model_dump_json(), purpose=PURPOSE, subject=submission.run_id)


def unseal(vault: Vault, sealed: bytes, record_id: UUID) -> RunSubmission:
    return RunSubmission.model_validate_json(vault.open(sealed, purpose=PURPOSE, subject=record_id))


def digest(submission: RunSubmission) -> bytes:
    """Equal for equal content: the revision, the run's own state and remote ids do not count."""
    content = submission.model_dump(mode="json", exclude={"revision", "status", "remote_id", "sessions"})
    content["sessions"] = [session.model_dump(mode="json", exclude={"remote_id"}) for session in submission.sessions]
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).digest()
