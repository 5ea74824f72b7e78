"""Course runs, as the course service hands them over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from libs.contracts.submissions import RunSubmission
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.submissions.run_findings import judge
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerUnaware, ask
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.models import SyncRecord, Ties
from services.tpg_sync.settings import SyncSettings

GONE: Final = frozenset({"cancelled", "discarded"})


class RunClaims(Claims[RunSubmission]):
    model = RunSubmission

    async def fetch(self, owners: Owners, known: Known) -> RunSubmission | OwnerAway | OwnerUnaware:
        return await ask(owners, "course", "run", known.record.record_id, RunSubmission)

    def revision(self, claim: RunSubmission) -> int:
        return claim.revision

    def ties(self, claim: RunSubmission) -> Ties:
        del claim
        return Ties()

    def gone(self, claim: RunSubmission) -> bool:
        return claim.status in GONE

    def takes_back(self, claim: RunSubmission) -> bool:
        del claim
        return False

    def content(self, claim: RunSubmission) -> Mapping[str, Any]:
        content = claim.model_dump(mode="json", exclude={"revision", "status", "remote_id", "sessions"})
        content["sessions"] = [session.model_dump(mode="json", exclude={"remote_id"}) for session in claim.sessions]
        return content

    def findings(self, claim: RunSubmission, known: Known, *, settings: SyncSettings, now: datetime) -> list[Finding]:
        return judge(with_names(claim, known.record), now=now, uen=settings.tpg_uen)


def with_names(claim: RunSubmission, record: SyncRecord) -> RunSubmission:
    """The submission with the ids TPGateway gave it and its sessions."""
    sessions = tuple(
        part.model_copy(update={"remote_id": record.parts.get(str(part.session_id))}) for part in claim.sessions
    )
    return claim.model_copy(update={"remote_id": record.remote_id, "sessions": sessions})
