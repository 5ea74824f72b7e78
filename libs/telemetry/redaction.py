"""The last net under the rule that personal data and secrets never reach a log, a span or an answer."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "[redacted]"
_DEEPEST = 6

_SECRET_KEY = re.compile(
    r"passw|secret|authori[sz]ation|cookie|api_?key|private_?key|credential|refresh_token|access_token"
    r"|\bnric\b|\bfin\b|nric_|_nric|passport",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"""(?<![A-Za-z0-9])[STFGM]\d{7}[A-Z](?![A-Za-z0-9])            # NRIC or FIN
      | (?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+  # email
      | \bBearer\s+[A-Za-z0-9._~+/=-]+                                # Authorization value
      | \beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*        # a token on its own
      | (?<![\d.])\+65[ -]?[3689]\d{3}[ -]?\d{4}(?!\d)                # phone
      | (?<=://)[^/\s:@]+:[^/\s@]+(?=@)                               # user:password in an address""",
    re.IGNORECASE | re.VERBOSE,
)


def redact(text: str) -> str:
    """The text with everything that looks like an identity number, an address of a person or a secret masked."""
    return _SECRET_VALUE.sub(MASK, text)


def redact_value(value: Any, depth: int = 0) -> Any:
    """The same for a JSON-like value of any shape; keys that name a secret lose their value."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth > _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {key: MASK if names_secret(str(key)) else redact_value(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(inner, depth + 1) for inner in value]
    return redact(str(value))


def names_secret(key: str) -> bool:
    """Whether a key's name says its value is one to keep quiet about."""
    return _SECRET_KEY.search(key) is not None
