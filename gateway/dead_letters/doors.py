"""The doors of dead letters and consumers."""

from collections.abc import Sequence

from gateway.answers import Answer
from gateway.asking import Asker
from gateway.dead_letters.consumers import list_consumers, list_replays, switch
from gateway.dead_letters.deciding import Desk
from gateway.dead_letters.groups import list_groups
from gateway.dead_letters.listing import get_letter, list_letters
from gateway.doors import Door, Handler, Wish
from gateway.routes import API
from libs.sources import Clock

LETTERS, CONSUMERS = f"{API}/dead-letters", f"{API}/consumers"


def dead_letter_doors(asker: Asker, clock: Clock) -> Sequence[Door]:
    """What operators reach through the gateway."""

    async def groups(wish: Wish) -> Answer:
        return await list_groups(asker, wish, clock.now())

    def switched(to: str) -> Handler:
        async def handler(wish: Wish) -> Answer:
            return await switch(asker, wish, to)

        return handler

    return (
        Door("GET", LETTERS, lambda wish: list_letters(asker, wish)),
        Door("GET", f"{LETTERS}/groups", groups),
        Door("GET", f"{LETTERS}/replays", lambda wish: list_replays(asker, wish)),
        Door("GET", f"{LETTERS}/{{id}}", lambda wish: get_letter(asker, wish)),
        Door("POST", f"{LETTERS}/replay", lambda wish: Desk(asker, wish).replay()),
        Door("POST", f"{LETTERS}/replay/cancel", lambda wish: Desk(asker, wish).cancel()),
        Door("POST", f"{LETTERS}/discard", lambda wish: Desk(asker, wish).discard()),
        Door("GET", CONSUMERS, lambda wish: list_consumers(asker, wish)),
        Door("POST", f"{CONSUMERS}/{{service}}/pause", switched("pause")),
        Door("POST", f"{CONSUMERS}/{{service}}/resume", switched("resume")),
    )
