"""The rules as they are shown."""

from functools import cache

from services.tpg_sync.models import ObligationKey
from services.tpg_sync.policy import Policy, Span, policies, policy_named
from services.tpg_sync.schemas.compliance import LevelsView, PolicyView, RuleView, SpanView


def policy_view(policy: Policy, *, in_force: bool) -> PolicyView:
    return PolicyView(
        name=policy.name,
        effective_from=policy.effective_from,
        in_force=in_force,
        queue_hours_per_doubling=policy.queue_hours_per_doubling,
        rules=[rule_view(policy.name, key) for key in ObligationKey],
    )


@cache
def rule_view(policy_name: str, key: ObligationKey) -> RuleView:
    """A rule by its set's name; files do not change while a program runs."""
    policy = policy_named(policy_name)
    rule = policy.rule(key)
    plain = {name: getattr(rule, name) for name in RuleView.model_fields if name in type(rule).model_fields}
    return RuleView(
        **{
            **plain,
            "key": key,
            "due": _span(rule.due),
            "target": None if rule.target is None else _span(rule.target),
            "levels": LevelsView(**policy.levels_of(rule).model_dump()),
        }
    )


def _span(span: Span) -> SpanView:
    return SpanView(unit=span.unit, public=span.public, in_house=span.in_house, counts_from=span.counts_from)


def all_policies(in_force: str) -> list[PolicyView]:
    """Every set, oldest first."""
    return [policy_view(one, in_force=one.name == in_force) for one in policies()]
