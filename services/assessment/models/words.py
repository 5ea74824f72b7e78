"""The words a result is said in, and how they are sealed: nothing here keeps one in clear."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

RESULT_WORDS, PROPOSED_WORDS = "assessment.words", "proposal.words"
"""What each sealed text is for; part of what it is bound to."""


class Opens(Protocol):
    """The part of the vault that reading needs."""

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str: ...


class Vault(Opens, Protocol):
    """The part of the vault that keeping results needs."""

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes: ...


class Result(StrEnum):
    """As TPGateway says it; trainers say C for a pass and NYC for a fail."""

    PASS = "Pass"  # noqa: S105 - a result, no password
    FAIL = "Fail"
    EXEMPT = "Exempt"


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


@dataclass(frozen=True, slots=True)
class Words:
    """How somebody did. A draft may still lack its result."""

    result: Result | None = field(default=None, repr=False)
    score: int | None = field(default=None, repr=False)
    grade: Grade | None = field(default=None, repr=False)

    @property
    def passed(self) -> bool | None:
        return None if self.result is None else self.result is not Result.FAIL

    def changed_to(self, other: "Words") -> tuple[str, ...]:
        """The names of what differs."""
        return tuple(name for name in WORD_NAMES if getattr(self, name) != getattr(other, name))

    def with_values(self, values: Mapping[str, Any]) -> "Words":
        """The same with some of its words replaced; names that are none of them are passed over."""
        return Words(**{name: values.get(name, getattr(self, name)) for name in WORD_NAMES})

    def seal(self, vault: Vault, *, subject: UUID) -> bytes:
        return vault.seal(json.dumps([self.result, self.score, self.grade]), purpose=RESULT_WORDS, subject=subject)


WORD_NAMES = ("result", "score", "grade")


def open_words(sealed: bytes, vault: Opens, *, subject: UUID) -> Words:
    result, score, grade = json.loads(vault.open(sealed, purpose=RESULT_WORDS, subject=subject))
    return Words(Result(result) if result else None, score, Grade(grade) if grade else None)


def seal_values(values: Mapping[str, Any], vault: Vault, *, subject: UUID) -> bytes:
    """Seal the fields a proposal would change, as JSON."""
    return vault.seal(json.dumps(dict(values), default=str), purpose=PROPOSED_WORDS, subject=subject)


def open_values(sealed: bytes, vault: Opens, *, subject: UUID) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(vault.open(sealed, purpose=PROPOSED_WORDS, subject=subject))
    return values
