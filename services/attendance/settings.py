"""The attendance service's own knobs. Numbers that judge records are no settings: they are versioned in `policy`."""

from datetime import timedelta
from pathlib import Path

from libs.chassis.settings import ServiceSettings


class AttendanceSettings(ServiceSettings):
    clock_poll: timedelta = timedelta(seconds=5)
    """How late a sheet may open or lock by the clock, at most."""
    import_poll: timedelta = timedelta(seconds=1)
    """How soon a file that was sent begins to be judged, at the latest."""
    import_kept: timedelta = timedelta(days=30)
    """For how long the rows of a file that were not taken can be had back; then nobody can read them any more."""
    roll_patience: timedelta = timedelta(seconds=3)
    """How long a sheet waits for names before it is shown without them."""
    print_fonts: tuple[Path, ...] = (
        Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
        Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
        Path("/usr/share/fonts/truetype/noto/NotoSansTamil-Regular.ttf"),
        Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    )
    """Fonts for printed sheets, the first for everything it can show, the others for what it cannot. Those that are not
    installed are passed over; without any, the letters of Western Europe are what can be printed."""
