"""Which dealings belong to which type of record."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.engine.records.assessment import AssessmentDealings
from services.tpg_sync.engine.records.attendance import AttendanceDealings
from services.tpg_sync.engine.records.dealings import Dealings
from services.tpg_sync.engine.records.enrolment import EnrolmentDealings
from services.tpg_sync.engine.records.fee import FeeDealings
from services.tpg_sync.engine.records.run import RunDealings
from services.tpg_sync.settings import SyncSettings

DealingsOf = Mapping[RecordType, Dealings[Any]]


def dealings(settings: SyncSettings) -> DealingsOf:
    return {
        RecordType.RUN: RunDealings(settings),
        RecordType.ENROLMENT: EnrolmentDealings(settings),
        RecordType.FEE: FeeDealings(settings),
        RecordType.ATTENDANCE: AttendanceDealings(settings),
        RecordType.ASSESSMENT: AssessmentDealings(settings),
    }
