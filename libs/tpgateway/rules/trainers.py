"""Trainers and assessors on a run. An existing one is found by id number alone; a new one is told in full."""

from collections.abc import Iterator

from libs.tpgateway.course_runs.trainers import Trainer
from libs.tpgateway.rules.fields import judge_fields
from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.rules.identities import judge_identity
from libs.tpgateway.rules.ruleset import RuleSet


def judge_trainer(trainer: Trainer, at: str, ruleset: RuleSet) -> Iterator[Finding]:
    body = trainer.body()
    yield from judge_fields(body, at, "trainer", {"new"} if trainer.is_new else set(), ruleset)
    for index, link in enumerate(body.get("roles", [])):
        yield from judge_fields(link.get("role", {}), f"{at}.roles[{index}].role", "role", set(), ruleset)
    for index, one in enumerate(body.get("linkedSsecEQAs", [])):
        yield from judge_fields(one, f"{at}.linkedSsecEQAs[{index}]", "qualification", set(), ruleset)
    if trainer.is_new:
        expected = ruleset.id_kinds.get(trainer.id_type.code) if trainer.id_type else None
        yield from judge_identity(trainer.id_number, expected, f"{at}.idNumber", f"{at}.idType.code")
