"""How the gateway says no, before the words take the shape of one family's envelope."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of an error reply: which field, and what about it."""

    field: str
    message: str


class Refusal(Exception):
    """The call ends here with this HTTP status.

    `at_the_door` marks refusals made before anybody looked into the payload (identity, version, decryption, limits):
    they travel in plain text whatever the family's error form is.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        details: Sequence[Detail] = (),
        *,
        at_the_door: bool = False,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status = status
        self.message = message or HTTPStatus(status).phrase
        self.details = tuple(details)
        self.at_the_door = at_the_door
        self.headers = headers or {}
        super().__init__(self.message)


class Disallowed(Refusal):
    """The route exists and the caller came in by the wrong door."""

    def __init__(self) -> None:
        super().__init__(403, "Access to this API has been disallowed", at_the_door=True)


class RunUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(404, details=[Detail("", "No course run found.")])


class WrongProvider(Refusal):
    """The UEN in the words is not the UEN behind the call."""

    def __init__(self) -> None:
        super().__init__(403, details=[Detail("-", "TGS-405 - Invalid training partner UEN")])


@dataclass(slots=True)
class Problems:
    """Everything wrong with one request: the gateway tells all of it in one reply.

    `headline` is the message above the details, `blank_text` what a missing field is told in this family's words.
    """

    details: list[Detail] = field(default_factory=list)
    headline: str | None = None
    blank_text: str = "This field is required."

    def add(self, path: str, message: str) -> None:
        self.details.append(Detail(path, message))

    def blank(self, path: str) -> None:
        """Tell that a required field is missing or empty."""
        self.add(path, self.blank_text)

    def refuse_if_any(self) -> None:
        if self.details:
            raise Refusal(400, self.headline, self.details)
