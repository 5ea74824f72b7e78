"""The gateway's own doors, and the API document of everything behind it."""

from collections.abc import Mapping, Sequence

from gateway.asking import Asker
from gateway.dead_letters import dead_letter_doors
from gateway.doors import Door, Doors
from gateway.events import Hub, PeerFeeds, Streams, event_doors
from gateway.journey import NAME
from gateway.openapi import Document, merge
from gateway.own_document import own_document
from gateway.proxy import Proxy
from gateway.settings import GatewaySettings
from gateway.ui_config import ui_config_door
from libs.access.principal import Principal
from libs.chassis.settings import Environment
from libs.errors import Unauthenticated
from libs.sources import Clock, SystemClock


def own_doors(settings: GatewaySettings, asker: Asker, streams: Streams, clock: Clock) -> Doors:
    """Every door of ours, in the order in which the API document shows them."""
    doors: Sequence[Door] = (
        *dead_letter_doors(asker, clock),
        *event_doors(asker, streams),
        ui_config_door(settings, clock),
    )
    return Doors(doors)


def api_document(services: Mapping[str, Document]) -> Document:
    """What a gateway in front of these services tells of its API, without one that runs."""
    settings = GatewaySettings(peers={}, environment=Environment.TEST, clock_file=None, client_secret=None)
    clock, asker = SystemClock(), Asker(Proxy(settings))
    feeds = PeerFeeds(settings, clock)
    hub = Hub(feeds, poll=settings.events_poll)
    streams = Streams(hub, asker, _Nobody(), heartbeat=settings.events_heartbeat, usable=feeds.usable)
    return merge({**services, NAME: own_document(own_doors(settings, asker, streams, clock))})


class _Nobody:
    """Knows no caller: a document is told, nobody is let in."""

    async def verify(self, _token: str) -> Principal:
        raise Unauthenticated("Nobody can sign in here.")
