"""Which entries to take out of the system."""

from libs.web.body import Body
from libs.web.reason import Reason
from services.audit.schemas.sequence import Seq


class ExportWish(Body):
    """A range of entries, and why."""

    from_seq: Seq = 1
    to_seq: Seq | None = None
    reason: Reason
