"""What attendance says: marks with their revisions, sheets, rates."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from libs.contracts.event import Event


class MarkState(StrEnum):
    UNMARKED = "unmarked"
    CHECKED_IN = "checked_in"
    PRESENT = "present"
    ABSENT = "absent"
    REJECTED = "rejected"
    VOIDED = "voided"


class MarkMethod(StrEnum):
    SINGPASS_QR = "singpass_qr"
    LOCAL_QR = "local_qr"
    TRAINER = "trainer"
    IMPORT = "import"
    PAPER = "paper"


class AttendanceFact(BaseModel):
    """The state of one person's attendance of one session after the event.

    `revision` names the change and grows with every one, sometimes by more than one; `submission_revision` counts what
    TPGateway must learn of and stands still for what is not submitted: an absence never told before, a check-in, a
    presence TPGateway scanned itself. It is owed whenever it has grown, whatever the event: presence as confirmed;
    anything else, once presence was told, as voided. `submitted` says presence was told, or was scanned there.
    """

    model_config = ConfigDict(frozen=True)

    session_id: UUID
    run_id: UUID
    enrolment_id: UUID
    state: MarkState
    method: MarkMethod | None = None
    minutes_credited: int = 0
    revision: int
    submission_revision: int
    submitted: bool = False
    marked_at: AwareDatetime | None = None


class AttendanceEvent(Event):
    attendance_id: UUID
    attendance: AttendanceFact


class AttendanceCheckedIn(AttendanceEvent, type="attendance.checked_in", key="attendance_id"):
    """The person showed up by the room's own code; a trainer confirms it."""


class AttendanceMarked(AttendanceEvent, type="attendance.marked", key="attendance_id"):
    """First judged present or absent. Presence is owed to TPGateway, unless it is TPGateway's own scan."""


class AttendanceCorrected(AttendanceEvent, type="attendance.corrected", key="attendance_id"):
    """A judgement was changed; `late` when the sheet was locked already."""

    late: bool = False


class AttendanceRejected(AttendanceEvent, type="attendance.rejected", key="attendance_id"):
    """A check-in was not believed, for the reason given."""


class AttendanceVoided(AttendanceEvent, type="attendance.voided", key="attendance_id"):
    """Declared wrong and kept; a submitted one owes TPGateway its voiding."""


class AttendanceScanSeen(AttendanceEvent, type="attendance.scan_seen", key="attendance_id"):
    """TPGateway holds an official scan of what a person here judged, too.

    `conflict` names the discrepancy when the two disagree: the local judgement stands until a person decides.
    """

    conflict: str | None = None


class AttendanceMoved(AttendanceEvent, type="attendance.moved", key="attendance_id"):
    """Its enrolment was replaced by another on the same seat and the attendance goes with it; presence is owed anew."""


class AttendanceSyncRecorded(AttendanceEvent, type="attendance.sync_recorded", key="attendance_id"):
    """What TPGateway answered is on the record now."""

    sync_state: str


class SheetEvent(Event):
    session_id: UUID
    run_id: UUID
    revision: int


class SheetOpened(SheetEvent, type="attendance_sheet.opened", key="session_id"):
    """The session has a sheet with a line for everyone who has a seat."""

    lines: int


class SheetLocked(SheetEvent, type="attendance_sheet.locked", key="session_id"):
    """Nothing changes any more without a reason; `unmarked` lines count as absent and want attention."""

    unmarked: int
    automatic: bool = False


class SheetUnlocked(SheetEvent, type="attendance_sheet.unlocked", key="session_id"):
    """Open again, for the reason given."""


class RateChanged(Event, type="attendance_rate.changed", key="enrolment_id"):
    """One enrolment's credited against scheduled minutes over the sessions that count, in integers.

    `met` compares `100 * credited >= required_pct * scheduled` over what was held so far; `reachable` is false once
    attending everything that remains could not reach it.
    """

    enrolment_id: UUID
    run_id: UUID
    credited_minutes: int
    held_minutes: int
    scheduled_minutes: int
    required_pct: int
    met: bool
    reachable: bool
    complete: bool


class BelowThreshold(Event, type="attendance_rate.below_threshold", key="enrolment_id"):
    """The required rate cannot be reached any more, or one more absence would put it out of reach (`at_risk`)."""

    enrolment_id: UUID
    run_id: UUID
    at_risk: bool


class AttendanceImportChecked(Event, type="attendance_import.checked", key="import_id"):
    """A dry run has judged every row."""

    import_id: UUID
    rows: int
    ready: int
    refused: int


class AttendanceImported(Event, type="attendance_import.committed", key="import_id"):
    """The rows that could be taken were."""

    import_id: UUID
    rows: int
    taken: int
    refused: int


class AttendanceExported(Event, type="attendance_export.made", key="export_id"):
    """Someone took rows out of the system as they had been sent."""

    export_id: UUID
    rows: int


class SheetPrinted(Event, type="attendance_print.made", key="print_id"):
    """A paper sheet with masked identity numbers was made."""

    print_id: UUID
    session_id: UUID
    sha256: str


class CheckInPassIssued(Event, type="check_in_pass.issued", key="enrolment_id"):
    """Somebody has a new personal pass for checking in; the one before ended. The pass itself stands nowhere."""

    enrolment_id: UUID
    run_id: UUID


class DeviceShared(Event, type="check_in.device_shared", key="attendance_id"):
    """A check-in came from a device that had checked in somebody else for the same session."""

    attendance_id: UUID
    session_id: UUID
    run_id: UUID


class AttendancePolicyIntroduced(Event, type="attendance_policy.introduced", key="policy_id"):
    """From a day on, sheets are judged by these numbers; `changes` tells them from the ones before."""

    policy_id: UUID
    number: int
    effective_from: date
