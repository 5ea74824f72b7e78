"""What the gateway keeps of one attendance row."""

from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from infra.tpg_simulator.stored import Stored, person

FIRST_ROW = 18024
CONFIRMED, VOIDED = "1", "4"
UPLOADED = "Manual"


class Attendee(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    id_type: str
    email: str = ""
    mobile: str = ""
    area_code: int | None = None
    country_code: int = 65
    survey_language: str = "EL"


class AttendanceRow(Stored):
    """One row of one session. A person may have several: repeated uploads, a scan and an upload."""

    kind: ClassVar[str] = "attendance"

    run_id: int
    session_id: str
    status: str = CONFIRMED
    hours: Decimal | None = None
    trainee: Attendee
    entry_mode: str = UPLOADED
    manually_added: bool = True
    edited_by_tp: bool = False
    sent_to_traqom: str = "Pending Upload to TRAQOM."
    error_message: str = ""
    latitude: str = ""
    longitude: str = ""
    individual_id: str | None = None
    account_type: str = ""
    attendee_type: str = ""
    corppass_id: str = ""

    @property
    def key(self) -> str:
        return str(self.number)

    @property
    def person(self) -> str:
        return person(self.trainee.id)

    @property
    def standing(self) -> bool:
        return self.status != VOIDED and not self.deleted

    def index_keys(self) -> tuple[tuple[object, ...], ...]:
        return (
            ("run", self.run_id),
            ("session", self.session_id),
            ("seen", self.session_id, self.person),
        )

    def likeness(self) -> tuple[object, ...]:
        """A correction is another upload, so only rows that say the same in everything are a double."""
        return self.session_id, self.status, self.hours, self.trainee
