"""The attendance service's own knobs. Numbers that judge records are no settings: they are versioned in `policy`."""

from datetime import timedelta

from libs.chassis.settings import ServiceSettings


class AttendanceSettings(ServiceSettings):
    clock_poll: timedelta = timedelta(seconds=5)
    """How late a sheet may open or lock by the clock, at most."""
    import_poll: timedelta = timedelta(seconds=1)
    """How soon a file that was sent begins to be judged, at the latest."""
    roll_patience: timedelta = timedelta(seconds=3)
    """How long a sheet waits for names before it is shown without them."""
