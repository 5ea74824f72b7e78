"""Rules one field keeps on its own: there when it must be, no longer than allowed, a known code, the right shape.

All of them come from the rule set's tables; text that is too long is refused, never cut.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from libs.tpgateway.identifiers import has_uen_check_letter, is_postal_code, uen_entity_type, uen_form
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import FieldRule, RuleSet

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_COUNTRY_CODE: Final = re.compile(r"\+?[0-9]+")
_PHONE: Final = re.compile(r"[0-9 ()+-]*[0-9][0-9 ()+-]*")
_REFERENCE: Final = re.compile(r"ENR-[0-9]{4}-[0-9]{6}")


def judge_fields(
    part: Mapping[str, Any], at: str, table: str, circumstances: AbstractSet[str], ruleset: RuleSet
) -> Iterator[Finding]:
    """Judge one object of a request body (as JSON) by its table; `at` is the object's own path."""
    given = {"always", *circumstances}
    for name, rule in ruleset.fields[table].items():
        value, path = _value(part, name), f"{at}.{name}"
        if _is_blank(value):
            yield from _absent(path, rule, given, value)
        else:
            yield from _present(path, value, rule, ruleset)


def judge_root(body: Mapping[str, Any], table: str, ruleset: RuleSet) -> Iterator[Finding]:
    """Judge a whole request body by its table: paths start at the root, whatever the circumstances."""
    for finding in judge_fields(body, "", table, frozenset(), ruleset):
        yield replace(finding, field=finding.field.removeprefix("."))


def required(path: str, label: str) -> Finding:
    return Finding(path, "required", f"The {label} is missing.", f"Enter the {label}.")


def _value(part: Mapping[str, Any], name: str) -> Any:
    value: Any = part
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _is_blank(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def _absent(path: str, rule: FieldRule, circumstances: AbstractSet[str], value: Any) -> Iterator[Finding]:
    if not circumstances.isdisjoint(rule.needed) or (value is not None and rule.filled):
        yield required(path, rule.label)
    elif isinstance(value, str) and value and (rule.codes or rule.shape):
        # An empty text may stand for nothing; one of spaces is a value, and a wrong one.
        yield Finding(path, "malformed", f"The {rule.label} is nothing but spaces.", "Leave it out.")
    elif not circumstances.isdisjoint(rule.wanted):
        message = f"The {rule.label} is left out of this change; TPGateway asks for it each time."
        yield Finding(path, "left_out", message, f"Send the {rule.label} as it is to stand.")


def _present(path: str, value: Any, rule: FieldRule, ruleset: RuleSet) -> Iterator[Finding]:
    if rule.longest is not None and len(str(value)) > rule.longest:
        message = f"The {rule.label} has {len(str(value))} characters; TPGateway takes {rule.longest}."
        yield Finding(path, "too_long", message, f"Shorten it to {rule.longest} characters.")
    if rule.least is not None or rule.most is not None:
        yield from _range(path, value, rule)
    if rule.codes is not None:
        yield from _code(path, value, rule, ruleset.codes[rule.codes])
    if rule.shape is not None:
        yield from _SHAPES[rule.shape](path, str(value), rule, ruleset)


def _range(path: str, value: Any, rule: FieldRule) -> Iterator[Finding]:
    number = Decimal(str(value))
    below, above = rule.least is not None and number < rule.least, rule.most is not None and number > rule.most
    if below or above:
        fix = f"Enter {rule.least} or more." if rule.most is None else f"Enter {rule.least} to {rule.most}."
        yield Finding(path, "out_of_range", f"TPGateway takes no such {rule.label}.", fix)


_LISTED: Final = 12
"""A longer list of codes helps nobody inside a sentence."""


def _code(path: str, value: Any, rule: FieldRule, codes: Mapping[str, str]) -> Iterator[Finding]:
    known = {code.casefold() for code in codes} if rule.any_case else codes
    if (str(value).casefold() if rule.any_case else str(value)) not in known:
        listed = ", ".join(f"{code} ({words})" for code, words in codes.items())
        fix = f"Use one of {listed}." if len(codes) <= _LISTED else "Choose one from TPGateway's list."
        yield Finding(path, "unknown_value", f"TPGateway does not know this {rule.label}.", fix)


def _email(path: str, value: str, rule: FieldRule, _: RuleSet) -> Iterator[Finding]:
    if not _EMAIL.fullmatch(value):
        message = f"The {rule.label} is no email address."
        yield Finding(path, "not_an_email", message, "Enter an address like name@example.com.")


def _postal_code(path: str, value: str, _: FieldRule, __: RuleSet) -> Iterator[Finding]:
    if not is_postal_code(value):
        yield Finding(path, "malformed", "A Singapore postal code has six digits.", "Enter all six digits.")


def _uen(path: str, value: str, rule: FieldRule, ruleset: RuleSet) -> Iterator[Finding]:
    # On the wire it is compared as it stands, so its letters are capitals and nothing stands around it.
    if uen_form(value) is None or value != value.strip().upper():
        fix = "Enter it as it stands in the register: 8 or 9 digits and a capital, or one like T01FC6132D."
        yield Finding(path, "malformed", f"The {rule.label} has no form a UEN can have.", fix)
        return
    kind = uen_entity_type(value)
    if kind is not None and kind not in ruleset.uen.entity_types:
        message = f"The {rule.label} names a kind of entity we do not know."
        yield Finding(path, "uen_entity_type", message, "Compare it with the register.")
    if not has_uen_check_letter(value):
        message = f"The last letter of the {rule.label} does not fit its digits."
        yield Finding(path, "uen_check_letter", message, "Compare it with the register.")


def _digits(path: str, value: str, rule: FieldRule, _: RuleSet) -> Iterator[Finding]:
    if not (value.isascii() and value.isdigit()):
        yield Finding(path, "malformed", f"The {rule.label} has digits alone.", "Enter it without any other sign.")


def _country_code(path: str, value: str, rule: FieldRule, _: RuleSet) -> Iterator[Finding]:
    if not _COUNTRY_CODE.fullmatch(value):
        yield Finding(path, "malformed", f"The {rule.label} is no number.", "Enter it with its plus sign, such as +65.")


def _phone(path: str, value: str, rule: FieldRule, _: RuleSet) -> Iterator[Finding]:
    if not _PHONE.fullmatch(value):
        yield Finding(path, "malformed", f"The {rule.label} is no phone number.", "Enter digits alone.")


def _reference(path: str, value: str, rule: FieldRule, _: RuleSet) -> Iterator[Finding]:
    if not _REFERENCE.fullmatch(value):
        message = f"The {rule.label} has not the form such references are known to have."
        yield Finding(path, "unusual_reference", message, "Compare it with TPGateway, such as ENR-2603-000123.")


_Shape = Callable[[str, str, FieldRule, RuleSet], Iterator[Finding]]
_SHAPES: Final[Mapping[str, _Shape]] = {
    "email": _email,
    "postal_code": _postal_code,
    "uen": _uen,
    "digits": _digits,
    "country_code": _country_code,
    "phone": _phone,
    "reference": _reference,
}
