"""What TPGateway's refusals mean and what would mend them.

Known codes and texts are told in plain words, unknown ones with TPGateway's own text. Only codes are matched, and
known fragments of texts; never field prefixes, for they differ within one reply.
"""

import re
from dataclasses import dataclass
from typing import Final

from libs.tpgateway.envelope import Detail, ReplyError
from libs.tpgateway.rules.ruleset import Meaning, RuleSet

_CODE: Final = re.compile(r"\bTGS-\d{3,4}\b")
"""Shorter than a course reference, which begins alike."""
_CODE_AND_DASH: Final = re.compile(rf"{_CODE.pattern}\s*-?\s*")
_PERSONAL: Final = re.compile(r"\b[STFGM]\d{7}[A-Z]\b|[^@\s]+@[^@\s]+\.[^@\s]+|(?<![\w-])\+?\d{8,}\b", re.IGNORECASE)
_LONGEST: Final = 500
_UNKNOWN_FIX: Final = "Correct what this text names, then send again; ask SSG's helpdesk if it stays unclear."
UNDECRYPTABLE: Final = "undecryptable"
"""TPGateway could not decrypt our body: our key is wrong, not the record."""


@dataclass(frozen=True, slots=True)
class FieldHint:
    """One reason for a refusal. `field` is TPGateway's own path, empty where it names none."""

    field: str
    code: str
    message: str
    fix: str


def explain(error: ReplyError, ruleset: RuleSet) -> list[FieldHint]:
    """Every reason the refusal gives, in its order; the headline alone when it gives no details."""
    details = error.details or (Detail("", error.message),)
    return [_hint(detail, error, ruleset) for detail in details]


def blames_our_key(hints: list[FieldHint]) -> bool:
    """Whether the trouble is that TPGateway could not decrypt us, whatever the record holds."""
    return any(hint.code == UNDECRYPTABLE for hint in hints)


def _hint(detail: Detail, error: ReplyError, ruleset: RuleSet) -> FieldHint:
    text = detail.message or error.message
    field = "" if detail.field == "-" else detail.field
    code, meaning = _meaning(f"{text} {error.code}", text, ruleset)
    if meaning is None:
        return FieldHint(field, code, _shown(text), _UNKNOWN_FIX)
    return FieldHint(field, code, meaning.message, meaning.fix)


def _meaning(coded: str, text: str, ruleset: RuleSet) -> tuple[str, Meaning | None]:
    found = _CODE.search(coded)
    if found:
        return found.group(), ruleset.refusals.get(found.group())
    plain = text.casefold()
    for fragment in ruleset.fragments:
        if any(words in plain for words in fragment.words):
            return fragment.code, fragment
    return "", None


def _shown(text: str) -> str:
    """Their text for our people: without its code, and without anything that could be somebody's."""
    bare = _PERSONAL.sub("***", _CODE_AND_DASH.sub("", text)).strip()
    return bare[:_LONGEST] or "TPGateway gave no reason."
