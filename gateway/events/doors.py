"""The doors of events."""

from collections.abc import Sequence

from gateway.asking import Asker
from gateway.doors import About, Door
from gateway.events.feed import MAY_READ, FeedPage, FeedQuery, read_feed
from gateway.events.stream import Streams
from gateway.routes import API
from libs.access.permissions import Permission

EVENTS = f"{API}/events"


def event_doors(asker: Asker, streams: Streams) -> Sequence[Door]:
    return (
        Door("GET", EVENTS, streams.open, _STREAM),
        Door("GET", f"{EVENTS}/feed", lambda wish: read_feed(asker, wish), _FEED),
    )


_STREAM = About(
    summary="Server-sent events: what happens, as it happens",
    description=(
        "Each event names a record that changed, and never what it says: read it where it lives. You hear of what your "
        "roles let you look at. A comment every 15 seconds; `Last-Event-ID` resumes; `reset` says that something may "
        "have been missed, `signed_out` that the token has ended. What comes twice has the same id."
    ),
    permissions=(Permission.SELF,),
    media_type="text/event-stream",
)
_FEED = About(
    summary="Every event that was said, in pages, for other systems",
    description=(
        "Keep `next_cursor` and ask again with it: it loses nothing and never ends. Events come at least once, in "
        "order within a record; you read of the areas your scopes name. Not all is read while a source is not `ok`. "
        "410 tells that a service's log was restored, and the cursor to go on with."
    ),
    permissions=MAY_READ,
    query=FeedQuery,
    answer=FeedPage,
)
