"""The assessment service's own knobs. Numbers that judge results are no settings: they are versioned rules."""

from datetime import timedelta

from libs.chassis.settings import ServiceSettings


class AssessmentSettings(ServiceSettings):
    provider_name: str = "Hawker Boys (synthetic training provider)"
    """Who hands certificates out, as printed on them."""
    verify_address: str = "http://127.0.0.1:8080/verify"
    """Where a certificate's code is checked, as printed on it."""
    carry_poll: timedelta = timedelta(seconds=5)
    """How soon the results of an enrolment that was replaced follow to its successor, at the latest."""
