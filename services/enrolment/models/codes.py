"""The code lists of the official record formats that trainees are written in, and the kinds of fee entries."""

from enum import StrEnum


class IdType(StrEnum):
    """How a trainee's identity number was issued, as enrolments name it."""

    NRIC = "NRIC"
    FIN = "FIN"
    OTHERS = "OTHERS"


class BirthPrecision(StrEnum):
    """What of the birth date the identity card shows; the missing parts are kept as the first of the year or month."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class SurveyLanguage(StrEnum):
    ENGLISH = "EL"
    MANDARIN = "MN"
    MALAY = "MY"
    TAMIL = "TM"


class EntryKind(StrEnum):
    """What moved money: paid in, taken back as wrong, paid out again, or carried with the person to another place."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    REFUND = "refund"
    CARRIED_OUT = "carried_out"
    CARRIED_IN = "carried_in"
