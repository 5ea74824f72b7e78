"""What is owed when, as versioned data, and the calculus over it."""

from services.tpg_sync.policy.days import end_of_day, start_of_day
from services.tpg_sync.policy.deadlines import Due, due, names_of_rules, policies, policy_named, policy_on
from services.tpg_sync.policy.judging import Case, Verdict, judge
from services.tpg_sync.policy.reckoning import Timing, reckon
from services.tpg_sync.policy.rules import Levels, ObligationRule, Policy, Span

__all__ = [
    "Case",
    "Due",
    "Levels",
    "ObligationRule",
    "Policy",
    "Span",
    "Timing",
    "Verdict",
    "due",
    "end_of_day",
    "judge",
    "names_of_rules",
    "policies",
    "policy_named",
    "policy_on",
    "reckon",
    "start_of_day",
]
