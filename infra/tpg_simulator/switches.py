"""What is not public about the gateway, or differs between its environments, is a switch here."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveInt

ErrorForm = Literal["cipher", "plain", "cipher-in-error"]
AllowOrRefuse = Literal["allow", "refuse"]


def dotted(field_name: str) -> str:
    """The public name of a switch: `crypto_request_form` is `crypto.request_form`."""
    return field_name.replace("_", ".", 1)


class Switches(BaseModel):
    """Every switch with its default; names on the wire are dotted."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=dotted, validate_by_name=True)

    crypto_request_form: Literal["quoted", "bare", "both"] = "both"
    crypto_reply_quoted: bool = False
    crypto_plain_reply: bool = False
    crypto_error_form_tpg: ErrorForm = "cipher"
    crypto_error_form_courses: ErrorForm = "plain"
    crypto_bad_body: Literal[400, 500] = 400
    errors_as_200: bool = False

    identity_default_provider: str | None = None

    duplicates_run: AllowOrRefuse = "refuse"
    duplicates_enrolment: AllowOrRefuse = "allow"
    duplicates_attendance: AllowOrRefuse = "allow"
    visibility_delay_s: NonNegativeFloat = 0
    meta_touch_delay_s: NonNegativeFloat = 0

    profile: Literal["uat", "strict"] = "uat"
    strict_dates: bool = True
    strict_nric: bool = False
    strict_skill_code: bool = False
    strict_enrolled: bool = True
    strict_future_attendance: bool = False
    publish_past_registration: AllowOrRefuse = "refuse"
    publish_ended_sessions: AllowOrRefuse = "refuse"
    edit_trainers: Literal["replace", "keep"] = "replace"
    edit_absent_fields: Literal["keep", "refuse"] = "keep"
    edit_cutoff_minutes: NonNegativeInt = 0
    delete_run_with_records: AllowOrRefuse = "refuse"
    attendance_withdrawal: Literal["marks", "appends"] = "marks"
    assessments_link: Literal["oldest", "run"] = "oldest"
    runs_registered_count: Literal["published", "enrolled"] = "published"

    mask_trainer_id: Literal["last4", "empty"] = "last4"
    sessions_show_deleted: bool = False

    journal_entries: PositiveInt = 5000

    limits_requests_per_s: NonNegativeFloat = 0
    limits_body_bytes: PositiveInt = 10 * 1024 * 1024
    oauth_expires_in_s: PositiveInt = 1800
    versions_retired: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def checks_dates_strictly(self) -> bool:
        return self.profile == "strict" and self.strict_dates

    def checks(self, name: Literal["nric", "skill_code", "enrolled", "future_attendance"]) -> bool:
        """Whether a check is on: by its own switch, or because the profile turns every one on."""
        return self.profile == "strict" or bool(getattr(self, f"strict_{name}"))

    def changed(self, changes: Mapping[str, Any]) -> "Switches":
        """Return a copy with some switches set by dotted name; ValidationError names what is unknown or wrong."""
        return Switches.model_validate(self.as_wire() | dict(changes))

    def as_wire(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)
