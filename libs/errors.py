"""Every way the system says no, without knowing a transport.

    Refused
    ├── Unauthenticated       who are you?                       HTTP 401
    ├── Forbidden             known, and not allowed             HTTP 403
    ├── NotFound              not there, or not for you          HTTP 404
    ├── Gone                  was there, and will not be again   HTTP 410
    ├── Conflict              the state does not allow it        HTTP 409   `allowed` lists what is
    ├── Stale                 changed since you read it          HTTP 412
    ├── PreconditionMissing   say which version you read         HTTP 428
    ├── Invalid               the words are wrong                HTTP 422   `fields` say where and how to mend
    ├── TooMany               slow down                          HTTP 429   `retry_after`
    └── Unavailable           a part we need is away             HTTP 503   `retry_after`

Doors translate once: `libs.web` to RFC 9457 problems, `libs.outbox` to retry or dead-letter. Messages are read by
people and land in logs: they carry ids and states, never personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where it is, what is wrong, and what would be right."""

    field: str
    code: str
    message: str
    fix: str


class Refused(Exception):
    """Something asked for was not done, for a reason the asker can act on."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(Refused):
    code = "unauthenticated"


class Forbidden(Refused):
    code = "forbidden"


class NotFound(Refused):
    """The thing does not exist, or lies outside what the asker may see: the answer is the same on purpose."""

    code = "not_found"

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"No {what} {key} is known.")
        self.what = what
        self.key = key


class Gone(Refused):
    code = "gone"


class Conflict(Refused):
    """The current state refuses the wish; `allowed` names what it would accept."""

    code = "conflict"

    def __init__(self, message: str, *, allowed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


class Stale(Refused):
    code = "stale"


class PreconditionMissing(Refused):
    code = "precondition_missing"


class Invalid(Refused):
    """The words of the request are wrong; `fields` say where and how to mend each."""

    code = "invalid"

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)


class TooMany(Refused):
    code = "too_many"

    def __init__(self, message: str, *, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(Refused):
    """A part this needs is away; asking again later may succeed."""

    code = "unavailable"

    def __init__(self, message: str, *, retry_after: timedelta = timedelta(seconds=5)) -> None:
        super().__init__(message)
        self.retry_after = retry_after


# ------------------------------------------------------------------------- what several services say in the same words


class Duplicate(Conflict):
    """Another record holds what is to be unique."""

    code = "duplicate"

    def __init__(self, what: str, field: str) -> None:
        super().__init__(f"Another {what} has this {field} already.", allowed=(f"another {field}",))


class PolicyInForce(Conflict):
    """A version of the numbers may only begin in the future."""

    code = "policy_in_force"

    def __init__(self, effective_from: date) -> None:
        super().__init__(
            f"{effective_from.isoformat()} is not in the future: records were judged by the present numbers.",
            allowed=("a later date",),
        )


class ImportBusy(Conflict):
    """An import is not at the step this needs."""

    code = "import_not_checked"

    def __init__(self, batch_id: UUID, status: str) -> None:
        super().__init__(
            f"Import {batch_id} is {status}; only one that is checked can be committed.", allowed=("read",)
        )


class RowsRefused(Conflict):
    """An import was to be taken whole, and some rows cannot be."""

    code = "rows_refused"

    def __init__(self, batch_id: UUID, refused: int) -> None:
        super().__init__(
            f"{refused} rows of import {batch_id} cannot be taken.",
            allowed=("commit with only_valid", "mend the rows and send the file again"),
        )


class WrongWords(Invalid):
    """Fields that contradict each other."""

    code = "wrong_words"

    def __init__(self, field: str, code: str, message: str, fix: str) -> None:
        super().__init__(message, [FieldError(field, code, message, fix)])


class UnknownReference(Invalid):
    """An id in the body is not known here."""

    code = "unknown_reference"

    def __init__(self, field: str, what: str, key: object) -> None:
        wrong = FieldError(field, "unknown", f"No {what} {key} is known.", f"Choose a {what} from the list.")
        super().__init__(f"The body names a {what} that is not known.", [wrong])


class OverrideNotAllowed(Forbidden):
    """Only a role with that right may set a rule aside."""

    code = "override_not_allowed"

    def __init__(self, rule: str) -> None:
        super().__init__(f"Setting the rule '{rule}' aside needs a role with that right.")


class TooManyReveals(TooMany):
    """Too many identity numbers were read in an hour."""

    code = "too_many_reveals"

    def __init__(self, an_hour: int) -> None:
        super().__init__(
            f"At most {an_hour} identity numbers may be read in an hour.", retry_after=timedelta(minutes=10)
        )
