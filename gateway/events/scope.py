"""Whether a caller who sees only what is their own may hear of an event: the course service judges, by the run."""

import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus

from gateway.asking import Asker
from gateway.doors import Wish
from gateway.events.listener import Listener, Notice
from libs.access.hearing import Hearing

KEPT_S = 60.0
REMEMBERED = 2_000
COURSE = "course"


class RunScope:
    """Runs that are the listener's own. What has no run is not heard: whose it is cannot be told here.

    The listener's token asks for the run; what the course service says holds for a minute, so somebody newly assigned
    hears of the run within that time, and no event costs more than one question.
    """

    def __init__(self, asker: Asker, wish: Wish, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._asker = asker
        self._wish = wish
        self._seconds = seconds
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()

    async def may_hear(self, listener: Listener, notice: Notice) -> bool:
        if listener.hearing(notice.kind) is not Hearing.OWN:
            return listener.hearing(notice.kind) is Hearing.EVERYTHING
        return notice.run_id is not None and await self._owns(notice.run_id)

    async def _owns(self, run_id: str) -> bool:
        known = self._known.get(run_id)
        if known is not None and known[0] > self._seconds():
            return known[1]
        reply = await self._asker.ask(self._wish.journey, COURSE, f"/api/v1/course-runs/{run_id}")
        owns = reply.status == HTTPStatus.OK
        if owns or reply.status == HTTPStatus.NOT_FOUND:
            self._known[run_id] = (self._seconds() + KEPT_S, owns)
            self._known.move_to_end(run_id)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return owns
