"""The doors of events."""

from collections.abc import Sequence

from gateway.asking import Asker
from gateway.doors import Door
from gateway.events.feed import read_feed
from gateway.events.stream import Streams
from gateway.routes import API

EVENTS = f"{API}/events"


def event_doors(asker: Asker, streams: Streams) -> Sequence[Door]:
    return (
        Door("GET", EVENTS, streams.open),
        Door("GET", f"{EVENTS}/feed", lambda wish: read_feed(asker, wish)),
    )
