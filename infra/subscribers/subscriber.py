"""Another system that hears events: its names, what it may do at the broker, and what it may ask the gateway."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from libs.access.permissions import Permission
from libs.access.telling import AREAS, TOLD, kinds_of
from libs.broker.subscribers import binding, subscriber_arguments, subscriber_queue
from libs.broker.topology import EVENTS
from libs.servers.rabbitmq import BrokerUser, definitions

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
NOTHING = "^$"


class NotASubscriber(ValueError):
    """No such subscriber can be; the message says why and what can."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One other system, with the areas it hears of."""

    system: str
    areas: tuple[str, ...]

    @classmethod
    def wished(cls, system: str, areas: Sequence[str] = ()) -> "Subscriber":
        """As an operator asks for it; without areas it hears of all that is told outside. Raises NotASubscriber."""
        if _NAME.fullmatch(system) is None:
            raise NotASubscriber(f"{system!r} is no name: up to thirty of a-z, 0-9 and _, a letter first")
        unknown = sorted(set(areas) - set(AREAS))
        if unknown:
            raise NotASubscriber(f"{', '.join(unknown)}: no such area; there are {', '.join(AREAS)}")
        return cls(system, tuple(area for area in AREAS if not areas or area in areas))

    @property
    def account(self) -> str:
        """Its name at the broker and as a client of auth."""
        return f"tms_ext_{self.system}"

    @property
    def queue(self) -> str:
        return subscriber_queue(self.system)

    @property
    def scopes(self) -> list[str]:
        """What its service client holds, and nothing beside."""
        return sorted([Permission.EVENTS_SUBSCRIBE.value, *(AREAS[area].value for area in self.areas)])

    @property
    def kinds(self) -> Mapping[str, bool]:
        """Every kind of record that is told outside, and whether this system hears of it."""
        heard = kinds_of(AREAS[area] for area in self.areas)
        return {kind: kind in heard for kind in TOLD}

    def user(self, password: str) -> BrokerUser:
        """May read its own queue; may declare, bind and write nothing at all."""
        return BrokerUser(
            self.account,
            password,
            configure=NOTHING,
            write=NOTHING,
            read=f"^{re.escape(self.queue)}$",
            topics=NOTHING,
            topic_read=NOTHING,
            topic_exchange=EVENTS,
        )

    def definitions(self, password: str, vhost: str) -> dict[str, object]:
        """All of it as a RabbitMQ definitions document, for brokers that are set up by import.

        Import adds and changes; kinds that are no longer heard must be unbound by hand.
        """
        queue = {
            "name": self.queue,
            "vhost": vhost,
            "durable": True,
            "auto_delete": False,
            "arguments": subscriber_arguments(),
        }
        exchange = {"name": EVENTS, "vhost": vhost, "type": "topic", "durable": True, "auto_delete": False}
        bindings = [
            {
                "source": EVENTS,
                "vhost": vhost,
                "destination": self.queue,
                "destination_type": "queue",
                "routing_key": binding(kind),
                "arguments": {},
            }
            for kind, heard in self.kinds.items()
            if heard
        ]
        return {
            **definitions([self.user(password)], [vhost]),
            "exchanges": [{**exchange, "internal": False, "arguments": {}}],
            "queues": [queue],
            "bindings": bindings,
        }
