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
from datetime import timedelta
from typing import ClassVar


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
