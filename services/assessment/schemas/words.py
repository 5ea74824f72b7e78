"""Words people send, with the lengths TPGateway takes, judged at the door rather than at submission."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from services.assessment.models.words import Grade, Result

_SAID = {"c": Result.PASS, "nyc": Result.FAIL, "pass": Result.PASS, "fail": Result.FAIL, "exempt": Result.EXEMPT}


def _in_our_words(said: Any) -> Any:
    return _SAID.get(said.strip().lower(), said) if isinstance(said, str) else said


def _nothing() -> Any:
    return None


UNSET: Any = Field(default_factory=_nothing)
"""Marks a field that may be left out of a PATCH but may not be null; the API document shows it without a default."""

ResultWord = Annotated[
    Result, BeforeValidator(_in_our_words), Field(description="Pass, Fail or Exempt; C and NYC are taken as well.")
]
Score = Annotated[int, Field(ge=0, le=100, strict=True)]
SkillCode = Annotated[str, StringConstraints(min_length=1, max_length=30)]
Attempt = Annotated[int, Field(ge=1, le=99)]

__all__ = ["UNSET", "Attempt", "Grade", "ResultWord", "Score", "SkillCode"]
