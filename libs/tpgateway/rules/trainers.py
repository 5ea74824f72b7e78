"""Trainers and assessors on a run. An existing one is found by id number alone; a new one is told in full."""

from collections.abc import Iterator

from libs.tpgateway.course_runs.trainers import Trainer
from libs.tpgateway.identifiers import IdKind, is_nric_or_fin, nric_kind
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.ruleset import RuleSet


def judge_trainer(trainer: Trainer, at: str, ruleset: RuleSet) -> Iterator[Finding]:
    body = trainer.body()
    yield from judge_fields(body, at, "trainer", {"new"} if trainer.is_new else set(), ruleset)
    for index, link in enumerate(body.get("roles", [])):
        yield from judge_fields(link.get("role", {}), f"{at}.roles[{index}].role", "role", set(), ruleset)
    for index, one in enumerate(body.get("linkedSsecEQAs", [])):
        yield from judge_fields(one, f"{at}.linkedSsecEQAs[{index}]", "qualification", set(), ruleset)
    if trainer.is_new:
        yield from _identity(trainer, at, ruleset)


def _identity(trainer: Trainer, at: str, ruleset: RuleSet) -> Iterator[Finding]:
    """The number against the code it is sent under; passports and other papers have no check we know."""
    number = (trainer.id_number or "").strip()
    expected = ruleset.id_kinds.get(trainer.id_type.code) if trainer.id_type else None
    if expected is None or not number:
        return
    kind = nric_kind(number)
    misspelt = expected is IdKind.NRIC if kind is None else not is_nric_or_fin(number)
    if misspelt:
        message = f"This is no {kind or expected} that can exist: a digit or the last letter is wrong."
        yield Finding(f"{at}.idNumber", "wrong_check_letter", message, "Copy the number from the card once more.")
    elif kind is not expected:
        message = f"The id type stands for a {expected}, and the number is none."
        yield Finding(f"{at}.idType.code", "wrong_id_kind", message, "Choose the type printed on the card.")
