"""The doors of dead letters and consumers."""

from collections.abc import Sequence

from gateway.answers import Answer
from gateway.asking import Asker
from gateway.dead_letters.consumers import (
    Consumers,
    Replays,
    Switched,
    SwitchWish,
    list_consumers,
    list_replays,
    switch,
)
from gateway.dead_letters.deciding import CancelWish, Decided, Desk, DiscardWish, ReplayWish
from gateway.dead_letters.groups import GroupQuery, Groups, list_groups
from gateway.dead_letters.letters import DeadLetterDetail
from gateway.dead_letters.listing import LetterPage, ListQuery, get_letter, list_letters
from gateway.doors import About, Door, Handler, Wish
from gateway.routes import API
from libs.access.permissions import Permission
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
        Door("GET", LETTERS, lambda wish: list_letters(asker, wish, clock.now()), _LIST),
        Door("GET", f"{LETTERS}/groups", groups, _GROUPS),
        Door("GET", f"{LETTERS}/replays", lambda wish: list_replays(asker, wish), _REPLAYS),
        Door("GET", f"{LETTERS}/{{id}}", lambda wish: get_letter(asker, wish), _ONE),
        Door("POST", f"{LETTERS}/replay", lambda wish: Desk(asker, wish).replay(), _REPLAY),
        Door("POST", f"{LETTERS}/replay/cancel", lambda wish: Desk(asker, wish).cancel(), _CANCEL),
        Door("POST", f"{LETTERS}/discard", lambda wish: Desk(asker, wish).discard(), _DISCARD),
        Door("GET", CONSUMERS, lambda wish: list_consumers(asker, wish), _CONSUMERS),
        Door("POST", f"{CONSUMERS}/{{service}}/pause", switched("pause"), _PAUSE),
        Door("POST", f"{CONSUMERS}/{{service}}/resume", switched("resume"), _RESUME),
    )


_SEE = (Permission.MESSAGING_VIEW, Permission.SYNC_VIEW)
_NAMED = "A source that is away, or that your roles do not show you, is named in `sources`."
_LIST = About(
    summary="What is dead anywhere, or fails so far, newest first",
    description=f"Messages of every service and sync jobs, in pages; what fails tells its next try. {_NAMED}",
    permissions=_SEE,
    query=ListQuery,
    answer=LetterPage,
)
_GROUPS = About(
    summary="What failed alike, the largest group first",
    description=_NAMED,
    permissions=_SEE,
    query=GroupQuery,
    answer=Groups,
)
_ONE = About(summary="One dead letter, its event reduced to ids", permissions=_SEE, answer=DeadLetterDetail)
_REPLAY = About(
    summary="Try dead letters again where they died",
    description="By ids, or all that match and were dead by `until`. Parts that could not be done are told; they "
    "changed nothing.",
    permissions=(Permission.MESSAGING_OPERATE, Permission.SYNC_REQUEUE),
    body=ReplayWish,
    answer=Decided,
)
_REPLAYS = About(
    summary="How far every replay has come that is not done",
    description=f"Of messages, and of sync jobs that were queued again. {_NAMED}",
    permissions=_SEE,
    answer=Replays,
)
_CANCEL = About(
    summary="Call back replayed messages that were not tried yet",
    permissions=(Permission.MESSAGING_OPERATE,),
    body=CancelWish,
    answer=Decided,
)
_DISCARD = About(
    summary="Give dead letters up",
    description="Sync jobs only by their ids. `skip` is an administrator's to decide.",
    permissions=(Permission.MESSAGING_OPERATE, Permission.SYNC_DISCARD),
    body=DiscardWish,
    answer=Decided,
)
_CONSUMERS = About(
    summary="How messaging fares in every service", permissions=(Permission.MESSAGING_VIEW,), answer=Consumers
)
_OPERATE = (Permission.MESSAGING_OPERATE,)
_PAUSE = About(summary="Stop delivery to a service's handlers", permissions=_OPERATE, body=SwitchWish, answer=Switched)
_RESUME = About(summary="Start it again", permissions=_OPERATE, body=SwitchWish, answer=Switched)
