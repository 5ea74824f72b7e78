"""The code lists of the official record formats that runs, sessions, venues and trainers are written in."""

from enum import StrEnum
from typing import Literal


class Mode(StrEnum):
    """How a session is taught. One session has one mode; a blended day is several sessions."""

    CLASSROOM = "1"
    ASYNCHRONOUS = "2"
    IN_HOUSE = "3"
    ON_THE_JOB = "4"
    PRACTICAL = "5"
    SUPERVISED_FIELD = "6"
    TRAINEESHIP = "7"
    ASSESSMENT = "8"
    SYNCHRONOUS = "9"

    @property
    def online(self) -> bool:
        """Nobody comes to a room."""
        return self in (Mode.ASYNCHRONOUS, Mode.SYNCHRONOUS)

    @property
    def self_paced(self) -> bool:
        """A window of whole days rather than hours of teaching: TPGateway stores it as 00:00 to 23:59."""
        return self in (Mode.ASYNCHRONOUS, Mode.ON_THE_JOB)

    @property
    def needs_address(self) -> bool:
        """TPGateway wants floor, unit, postal code and room."""
        return not self.self_paced


class Vacancy(StrEnum):
    AVAILABLE = "A"
    LIMITED = "L"
    FULL = "F"


TRAINER, ASSESSOR = 1, 2
RoleNumber = Literal[1, 2]


class IdType(StrEnum):
    """How a trainer's identity number was issued."""

    CITIZEN = "SP"
    PERMANENT_RESIDENT = "SB"
    FIN = "SO"
    FOREIGN_PASSPORT = "FP"
    OTHER = "OT"


class CatalogueStatus(StrEnum):
    """Courses, venues and trainers: `retired` takes no new bookings; what exists goes on."""

    ACTIVE = "active"
    RETIRED = "retired"
