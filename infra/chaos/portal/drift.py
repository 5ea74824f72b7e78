"""One thing somebody did in TPGateway's portal, what must be found of it, and what mending it may leave there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.chaos.portal.there import Likeness

Sign = tuple[str, str]
"""A discrepancy's code, and what it is about."""


@dataclass(frozen=True, slots=True)
class Drift:
    """`kind` and `key` name the record at TPGateway that was touched, or made."""

    code: str
    subject: str
    kind: str
    key: str
    makes: Likeness | None = None
    """Whose new record mending brings there: one, and no other. None where nothing new is made."""
    was_ours: bool = True
    """It was there before, by our doing, and is to be as it was; else it was made in the portal, and is to go."""

    @property
    def sign(self) -> Sign:
        return self.code, self.subject


def sign_of(row: Mapping[str, Any]) -> Sign:
    """Of a discrepancy, from its row or its view."""
    code, session = str(row["code"]), row["session_id"]
    if code == "SES-02":
        return code, str(row["remote_ref"])
    if row["record_id"] is not None:
        return code, f"{row['record_id']}/{session}" if code.startswith("SES") else str(row["record_id"])
    if row["enrolment_id"] is not None:
        return code, f"{row['enrolment_id']}/{session}"
    return code, str(row["remote_ref"])
