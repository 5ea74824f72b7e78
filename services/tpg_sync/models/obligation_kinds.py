"""What is owed, to whom it hangs, and how it stands."""

from enum import StrEnum
from typing import Final


class ObligationKey(StrEnum):
    """The duties of the compliance calendar that events tell of."""

    RUN_PUBLISH = "run_publish"
    SESSIONS_SUBMIT = "sessions_submit"
    RUN_CONFIRM = "run_confirm"
    TRAINER_ASSIGNED = "trainer_assigned"
    ENROLMENT_SUBMIT = "enrolment_submit"
    ENROLMENT_ACK = "enrolment_ack"
    FEE_STATUS_INITIAL = "fee_status_initial"
    FEE_STATUS_UPDATE = "fee_status_update"
    ATTENDANCE_MARKED = "attendance_marked"
    ATTENDANCE_SUBMIT = "attendance_submit"
    ATTENDANCE_THRESHOLD_RISK = "attendance_threshold_risk"
    ASSESSMENT_RECORD = "assessment_record"
    ASSESSMENT_SUBMIT = "assessment_submit"
    MAKEUP_COMPLETE = "makeup_complete"
    RECONCILE_RUN = "reconcile_run"
    RUN_CLOSE = "run_close"
    CERTIFICATE_ISSUE = "certificate_issue"
    SURVEY_NOTICE = "survey_notice"
    RECORD_RETENTION = "record_retention"


BY_TPGATEWAY: Final = frozenset(
    {
        *(ObligationKey.RUN_PUBLISH, ObligationKey.SESSIONS_SUBMIT, ObligationKey.ENROLMENT_SUBMIT),
        *(ObligationKey.ENROLMENT_ACK, ObligationKey.FEE_STATUS_INITIAL, ObligationKey.FEE_STATUS_UPDATE),
        *(ObligationKey.ATTENDANCE_SUBMIT, ObligationKey.ASSESSMENT_SUBMIT, ObligationKey.RECONCILE_RUN),
    }
)
"""What only TPGateway's answer can meet."""


class Subject(StrEnum):
    RUN = "run"
    SESSION = "session"
    ENROLMENT = "enrolment"


class Style(StrEnum):
    """What time does to a duty."""

    DEADLINE = "deadline"
    """It can be missed."""
    ALARM = "alarm"
    """As urgent as its cause, whatever the clock says."""
    REMINDER = "reminder"
    """It asks for attention, and can not be missed."""
    KEEP = "keep"
    """Nothing is to be done before its last day, and nothing after it is wrong."""


class ObligationState(StrEnum):
    OPEN = "open"
    MET = "met"
    LATE = "late"
    """Met, but after it was due: it stays on the list until it is waived."""
    WAIVED = "waived"
    DROPPED = "dropped"
    """What it hung on is gone."""
