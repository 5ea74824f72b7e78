"""Enrolments and their fees, as the enrolment service hands them over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from libs.contracts.enrolment import EnrolmentStatus
from libs.contracts.submissions import EnrolmentSubmission
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.submissions.enrolment_findings import judge, judge_fee
from services.tpg_sync.client.claims.claim import Claims, Known, OwnerAway, OwnerUnaware, ask
from services.tpg_sync.client.owners import Owners
from services.tpg_sync.models import Ties
from services.tpg_sync.settings import SyncSettings

STANDING: Final = frozenset({EnrolmentStatus.CONFIRMED, EnrolmentStatus.COMPLETED, EnrolmentStatus.WITHDRAWN})
"""What TPGateway holds as enrolled; who withdraws stays enrolled there."""
UNTOLD: Final = frozenset(
    {"revision", "fee_revision", "status", "remote_id", "replaces", "fee_status", "full_fee", "nett_fee"}
)
"""What TPGateway holds nothing of, or hears through the fee."""


class EnrolmentClaims(Claims[EnrolmentSubmission]):
    model = EnrolmentSubmission

    async def fetch(self, owners: Owners, known: Known) -> EnrolmentSubmission | OwnerAway | OwnerUnaware:
        return await ask(owners, "enrolment", "enrolment", known.record.record_id, EnrolmentSubmission)

    def revision(self, claim: EnrolmentSubmission) -> int:
        return claim.revision

    def ties(self, claim: EnrolmentSubmission) -> Ties:
        return Ties(run_id=claim.run_id, replaces=claim.replaces)

    def gone(self, claim: EnrolmentSubmission) -> bool:
        return claim.status not in STANDING

    def takes_back(self, claim: EnrolmentSubmission) -> bool:
        del claim
        return False

    def content(self, claim: EnrolmentSubmission) -> Mapping[str, Any]:
        return claim.model_dump(mode="json", exclude=set(UNTOLD))

    def findings(
        self, claim: EnrolmentSubmission, known: Known, *, settings: SyncSettings, now: datetime
    ) -> list[Finding]:
        submission = as_held(claim, known.record.remote_id)
        run_id = known.run_remote_id or None
        return judge(submission, now=now, uen=settings.tpg_uen, tp_code=settings.tp_code, run_id=run_id)


class FeeClaims(EnrolmentClaims):
    """The same claim check, of which only the collection status is told."""

    def revision(self, claim: EnrolmentSubmission) -> int:
        return claim.fee_revision

    def ties(self, claim: EnrolmentSubmission) -> Ties:
        return Ties(run_id=claim.run_id, enrolment_id=claim.enrolment_id)

    def content(self, claim: EnrolmentSubmission) -> Mapping[str, Any]:
        return {"enrolment_id": str(claim.enrolment_id), "fee_status": claim.fee_status}

    def findings(
        self, claim: EnrolmentSubmission, known: Known, *, settings: SyncSettings, now: datetime
    ) -> list[Finding]:
        del known, settings
        return judge_fee(claim, now=now)


def as_held(claim: EnrolmentSubmission, remote_id: str | None) -> EnrolmentSubmission:
    """The submission under TPGateway's name for it."""
    return claim.model_copy(update={"remote_id": remote_id})
