"""Which recorded facts say that somebody read personal data, and of whom."""

from typing import Final

from libs.contracts.attendance import SheetPrinted
from libs.contracts.course import TrainerRevealed
from libs.contracts.enrolment import EnrolmentsExported, TraineeLookedUp, TraineeRevealed
from libs.contracts.tpg_sync import EvidenceExported

NAMED_READS: Final = (TraineeRevealed.type, TraineeLookedUp.type, TrainerRevealed.type)
"""Reads of one person, who is the entry's subject."""
BULK_READS: Final = {
    EnrolmentsExported.type: "rows",
    SheetPrinted.type: None,
    EvidenceExported.type: "people",
    "audit.exported": "count",
}
"""Reads of many that do not name each: the field of the event that counts rows, if one does."""
WITHOUT_PEOPLE: Final = ("audit.exported",)
"""Of these, what holds ids of records only: told, but nobody's personal data was in it."""
