"""Which claims belong to which type of record."""

from collections.abc import Mapping
from typing import Any, Final

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.client.claims.assessment import AssessmentClaims
from services.tpg_sync.client.claims.attendance import AttendanceClaims
from services.tpg_sync.client.claims.claim import Claims
from services.tpg_sync.client.claims.enrolment import EnrolmentClaims, FeeClaims
from services.tpg_sync.client.claims.run import RunClaims

CLAIMS: Final[Mapping[RecordType, Claims[Any]]] = {
    RecordType.RUN: RunClaims(),
    RecordType.ENROLMENT: EnrolmentClaims(),
    RecordType.FEE: FeeClaims(),
    RecordType.ATTENDANCE: AttendanceClaims(),
    RecordType.ASSESSMENT: AssessmentClaims(),
}
