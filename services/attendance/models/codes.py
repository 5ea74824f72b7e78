"""The short words attendance is written in."""

from enum import StrEnum


class MarkNote(StrEnum):
    """What is worth knowing beside present and absent."""

    LATE = "late"
    LEFT_EARLY = "left_early"
    EXCUSED = "excused"


class Conflict(StrEnum):
    """Where an official scan and our record disagree, by the code a reconciliation would use."""

    SCANNED_BUT_NOT_PRESENT = "ATT-02"
    SCANNED_BUT_VOIDED = "ATT-03"
    SCANNED_WITHOUT_A_SEAT = "ATT-04"
    SCANNED_ELSEWHERE_AT_ONCE = "ATT-05"


ASSESSMENT = "8"
"""Mode of training of a session in which people are assessed."""
ON_THE_JOB = "4"
"""Mode of training whose hours TPGateway wants to know."""
OFFICIALLY_SCANNED = frozenset({"1", "9"})
"""Modes of training whose record, where grants are paid, is TPGateway's own QR read with Singpass."""
