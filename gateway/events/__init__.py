from gateway.events.doors import event_doors
from gateway.events.hub import Hub
from gateway.events.peers import PeerFeeds
from gateway.events.stream import Streams

__all__ = ["Hub", "PeerFeeds", "Streams", "event_doors"]
