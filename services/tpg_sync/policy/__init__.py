"""When submissions are due, as versioned data."""

from services.tpg_sync.policy.deadlines import DeadlinePolicy, Due, due, end_of_day, policies, policy_on

__all__ = ["DeadlinePolicy", "Due", "due", "end_of_day", "policies", "policy_on"]
