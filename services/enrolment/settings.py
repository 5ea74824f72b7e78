"""The enrolment service's own knobs. Numbers that judge records are no settings: they are versioned in `policy`."""

from datetime import timedelta

from libs.chassis.settings import ServiceSettings


class EnrolmentSettings(ServiceSettings):
    clock_poll: timedelta = timedelta(seconds=5)
    """How late an offer may expire by the clock, at most."""
    import_poll: timedelta = timedelta(seconds=1)
    """How soon a file that was sent begins to be judged, at the latest."""
