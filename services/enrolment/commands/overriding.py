"""A rule is set aside by somebody with the right to it, and for a reason that stays on record."""

from libs.errors import OverrideNotAllowed, WrongWords


def require_override(rule: str, reason: str | None, *, may_override: bool) -> None:
    """Raise OverrideNotAllowed without the right, WrongWords without a reason."""
    if not may_override:
        raise OverrideNotAllowed(rule)
    if reason is None:
        raise WrongWords("reason", "missing", "An override needs its reason.", "Say why.")
