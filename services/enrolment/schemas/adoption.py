"""What tpg-sync asks to adopt, as strictly as people's own requests are read."""

from libs.contracts.submissions import Adoption
from libs.web.reason import Reason


class AdoptionWish(Adoption):
    """The contract, with a reason that may stand in an event."""

    reason: Reason | None = None
