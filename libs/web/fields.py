"""Validation errors in plain words with a way to mend them; pydantic's own texts may repeat what was sent."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from libs.errors import FieldError
from libs.telemetry.redaction import redact

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
_PLACES = {"query": "query.", "path": "path.", "header": "header.", "cookie": "cookie.", "body": ""}

# Type of error -> what is wrong, how to mend it. `{...}` are limits the schema states, never what was sent.
_WORDS: Mapping[str, tuple[str, str]] = {
    "missing": ("This field is required.", "Add it."),
    "extra_forbidden": ("This field is not known here.", "Remove it, or check its spelling in the API document."),
    "json_invalid": ("The body is not valid JSON.", "Mend the JSON near the reported position."),
    "model_attributes_type": ("A JSON object is expected.", "Send an object, with Content-Type: application/json."),
    "model_type": ("A JSON object is expected.", "Send an object with the fields of the API document."),
    "dict_type": ("A JSON object is expected.", "Send an object."),
    "list_type": ("A list is expected.", "Send a JSON array."),
    "string_type": ("A text is expected.", "Send a JSON string."),
    "string_too_short": ("The text is too short.", "Use at least {min_length} characters."),
    "string_too_long": ("The text is too long.", "Use at most {max_length} characters."),
    "string_pattern_mismatch": ("The text has the wrong form.", "Follow the pattern {pattern}."),
    "too_short": ("There are too few items.", "Send at least {min_length}."),
    "too_long": ("There are too many items.", "Send at most {max_length}."),
    "enum": ("This is not one of the known values.", "Use one of: {expected}."),
    "literal_error": ("This is not one of the known values.", "Use one of: {expected}."),
    "greater_than": ("The value is too small.", "Use more than {gt}."),
    "greater_than_equal": ("The value is too small.", "Use {ge} or more."),
    "less_than": ("The value is too large.", "Use less than {lt}."),
    "less_than_equal": ("The value is too large.", "Use {le} or less."),
    "multiple_of": ("The value has the wrong step.", "Use a multiple of {multiple_of}."),
    "decimal_max_places": ("There are too many decimal places.", "Use at most {decimal_places} decimal places."),
    "decimal_max_digits": ("There are too many digits.", "Use at most {max_digits} digits."),
    "timezone_aware": ("The instant lacks a time zone.", "Add an offset, as in 2026-03-02T09:00:00+08:00."),
    "date_from_datetime_inexact": ("A date without a time is expected.", "Send YYYY-MM-DD."),
}
# For families of types that share a beginning.
_FAMILIES: Sequence[tuple[str, tuple[str, str]]] = (
    ("uuid", ("This is not an id.", "Send a UUID as the API gave it to you.")),
    ("int", ("A whole number is expected.", "Send digits only.")),
    ("float", ("A number is expected.", "Send a JSON number.")),
    ("decimal", ("A decimal number is expected.", 'Send digits with a point, as in "123.45".')),
    ("bool", ("A yes or no is expected.", "Send true or false.")),
    ("datetime", ("This is not an instant.", "Send ISO 8601 with an offset, as in 2026-03-02T09:00:00+08:00.")),
    ("date", ("This is not a date.", "Send YYYY-MM-DD.")),
    ("time", ("This is not a time.", "Send HH:MM.")),
    ("url", ("This is not a web address.", "Send a full address, beginning with https://.")),
)
_ANYTHING = ("This value cannot be used.", "Compare it with the schema in the API document.")
_OUR_OWN = frozenset({"value_error", "assertion_error"})


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Pydantic's errors as ours."""
    return [_field_error(error) for error in errors]


def _field_error(error: Mapping[str, Any]) -> FieldError:
    kind, context = str(error["type"]), error.get("ctx") or {}
    message, fix = _words(kind, error, context)
    return FieldError(_place(error["loc"], kind), kind, message, fix)


def _words(kind: str, error: Mapping[str, Any], context: Mapping[str, Any]) -> tuple[str, str]:
    if "fix" in context:  # a PydanticCustomError of ours that knows how to mend it
        return redact(str(error["msg"])), str(context["fix"])
    if kind in _OUR_OWN:
        text = redact(str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, "))
        return ("This is not an email address.", "Send one like name@example.com.") if "email" in text else (text, text)
    words = _WORDS.get(kind) or next((words for start, words in _FAMILIES if kind.startswith(start)), _ANYTHING)
    try:
        return words[0], words[1].format_map(context)
    except KeyError:
        return words[0], _ANYTHING[1]


def _place(location: Sequence[Any], kind: str) -> str:
    """`sessions.0.start_at`, `query.limit`: the path to the field, with names that cannot be names left out."""
    first, *rest = location or ("body",)
    if kind == "json_invalid":
        return f"position {rest[0]}" if rest else "body"
    if first not in _PLACES:
        first, rest = "body", list(location)
    steps = [str(step) if isinstance(step, int) or _NAME.fullmatch(str(step)) else "(unreadable)" for step in rest]
    return redact(_PLACES[first] + ".".join(steps)) if steps else str(first)
