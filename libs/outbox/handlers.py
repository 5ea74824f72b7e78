"""The table of what a service does on hearing which fact; readable on one page, checked when the service starts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal, TypeVar

from libs.contracts.envelope import Envelope
from libs.contracts.event import Event
from libs.database.unit_of_work import UnitOfWork

Mode = Literal["ordered", "latest", "any"]
E = TypeVar("E", bound=Event)
Handler = Callable[[E, UnitOfWork], Awaitable[None]]
EnvelopeHandler = Callable[[Envelope, bytes, UnitOfWork], Awaitable[None]]
Witness = Callable[[Envelope, UnitOfWork], None]


class Handlers:
    """Which fact leads to which command.

    `modes` says per aggregate type what order it needs: `ordered` (default: every step, in order, without gaps),
    `latest` (events carry whole state: apply when newer), `any` (independent of each other). A handler runs inside the
    inbox's transaction: it never commits, and its effect and the inbox row stand or fall together.
    """

    def __init__(self, *, modes: Mapping[str, Mode] | None = None) -> None:
        self.modes: dict[str, Mode] = dict(modes or {})
        self.by_routing_key: dict[str, tuple[type[Event], Handler[Event]]] = {}
        self.for_everything: EnvelopeHandler | None = None
        self.witness: Witness | None = None

    def on(self, event_class: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Register one handler; a second for the same event is a mistake and fails at import."""

        def register(handler: Handler[E]) -> Handler[E]:
            key = event_class.routing_key()
            if key in self.by_routing_key:
                message = f"{key} already has a handler: {self.by_routing_key[key][1].__qualname__}"
                raise ValueError(message)
            self.by_routing_key[key] = (event_class, handler)  # type: ignore[assignment]  # one event type per key
            return handler

        return register

    def on_all(self, family: type[E]) -> Callable[[Handler[E]], Handler[E]]:
        """Register one handler for every event of a family: the classes its contract derives from `family`."""

        def register(handler: Handler[E]) -> Handler[E]:
            for event_class in family.__subclasses__():
                self.on(event_class)(handler)
            return handler

        return register

    def on_everything(self, handler: EnvelopeHandler) -> EnvelopeHandler:
        """Hear every event of every service with its exact bytes (audit); always in mode `any`."""
        if self.for_everything is not None:
            message = f"everything already has a handler: {self.for_everything.__qualname__}"
            raise ValueError(message)
        self.for_everything = handler
        return handler

    def on_hearing(self, witness: Witness) -> Witness:
        """Show every event that is applied to `witness` first, those without a handler included.

        It notes down and decides nothing: in the inbox's transaction, so once for each event, and never when the
        handler fails.
        """
        if self.witness is not None:
            message = f"hearing already has a witness: {self.witness.__qualname__}"
            raise ValueError(message)
        self.witness = witness
        return witness

    def mode(self, aggregate_type: str) -> Mode:
        return "any" if self.for_everything else self.modes.get(aggregate_type, "ordered")

    def bindings(self) -> tuple[str, ...]:
        """Binding keys: whole aggregates, so that sequence numbers have no holes."""
        if self.for_everything:
            return ("#",)
        return tuple(sorted({f"{key.partition('.')[0]}.#" for key in self.by_routing_key}))
