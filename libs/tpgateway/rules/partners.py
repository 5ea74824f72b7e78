"""Whose records they are: the training partner's UEN and code, against the caller's and against each other."""

import re
from collections.abc import Iterator
from typing import Final

from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.tpg_family.parts import Partner

_SUFFIX: Final = re.compile(r"-[0-9]{2}")


def judge_caller(uen: str | None, at: str, caller_uen: str | None) -> Iterator[Finding]:
    """TPGateway takes records of the provider whose credentials send them, and of no other."""
    if caller_uen is not None and uen and uen.strip() and uen.upper() != caller_uen.upper():
        message = "The UEN is not the one our credentials belong to."
        yield Finding(at, "not_caller", message, "Send under our own UEN.")


def judge_partner(partner: Partner | None, at: str, caller_uen: str | None) -> Iterator[Finding]:
    """UEN and code of one provider; that both are there and not too long is judged with the other fields."""
    if partner is None:
        return
    yield from judge_caller(partner.uen, f"{at}.uen", caller_uen)
    uen, code = partner.uen or "", partner.code or ""
    if not uen.strip() or not code.strip():
        return
    if not code.startswith(uen):
        message = "The provider code does not start with the provider's UEN."
        yield Finding(f"{at}.code", "not_of_uen", message, "Use the UEN and its suffix, such as -01.")
    elif not _SUFFIX.fullmatch(code.removeprefix(uen)):
        message = "The provider code does not end as such codes do, in a hyphen and two digits."
        yield Finding(
            f"{at}.code", "malformed", message, "Compare it with the code in TPGateway, such as 01 at its end."
        )
