"""The course service's own knobs. Numbers that judge records are no settings: they are versioned in `policy`."""

from datetime import timedelta

from libs.chassis.settings import ServiceSettings


class CourseSettings(ServiceSettings):
    clock_poll: timedelta = timedelta(seconds=5)
    """How late a run may start or end by the clock, at most."""
