"""One form for a record, whether we are about to send it or TPGateway shows it, and where two of them differ.

Fields stand under the names a create has on the wire, in a spelling in which equal things are equal. What one side
does not tell is no difference. Only names of fields come out of a comparison, for the values are somebody's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from libs.tpgateway.normalising import normal_day, normal_number, normal_text


class Kind(StrEnum):
    """What a differing field means, and so what would mend it."""

    IDENTITY = "identity"
    """Who it is. An enrolment's cannot be changed at TPGateway: cancel, then create anew."""
    SPONSORSHIP = "sponsorship"
    """Who pays. Cannot be changed either."""
    PLACE = "place"
    """Which provider, course, run or session: of another place, it is another record."""
    CONTACT = "contact"
    """How a person is reached, and in which language asked."""
    FEE = "fee"
    STATUS = "status"
    """Whether it stands."""
    RESULT = "result"
    """What was found, and when."""
    HOURS = "hours"
    DAY = "day"
    """A day that cannot be changed at TPGateway, and that no record is made anew for."""


@dataclass(frozen=True, slots=True)
class NormalRecord:
    """A record in normal form, without what its source does not tell."""

    fields: Mapping[str, str] = field(repr=False)


def normal_record(values: Mapping[str, object]) -> NormalRecord:
    """Of what is told, each in its normal form; None is untold, an empty text is told to be empty."""
    return NormalRecord({name: _normal(value) for name, value in values.items() if value is not None})


def differing(ours: NormalRecord, theirs: NormalRecord) -> tuple[str, ...]:
    """The names of the fields that both tell, and tell differently, in our order."""
    return tuple(name for name, value in ours.fields.items() if name in theirs.fields and theirs.fields[name] != value)


def _normal(value: object) -> str:
    if isinstance(value, date):
        return normal_day(value)
    if isinstance(value, (Decimal, int)):
        return normal_number(value)
    return normal_text(value)
