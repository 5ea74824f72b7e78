"""The enrolment service's own knobs. Numbers that judge records are no settings: they are versioned in `policy`."""

from datetime import timedelta

from libs.chassis.settings import ServiceSettings


class EnrolmentSettings(ServiceSettings):
    clock_poll: timedelta = timedelta(seconds=5)
    """How late an offer may expire by the clock, at most."""
    import_poll: timedelta = timedelta(seconds=1)
    """How soon a file that was sent begins to be judged, at the latest."""
    import_kept: timedelta = timedelta(days=30)
    """For how long the rows of a file that were not taken can be had back; then nobody can read them any more."""
    dues_patience: timedelta = timedelta(seconds=5)
    """How long tpg-sync may take to say what is still owed of a person."""
