"""A local system as the one that lets others hear: its broker, its auth, and what it has handed over."""

import secrets as randomness
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from infra.demo.client import Api, Refusal
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import read_or_make
from infra.local.servers import VHOST, rabbitmq
from infra.subscribers.handover import Handover, Handovers
from infra.subscribers.subscriber import Subscriber
from libs.broker.channel import BrokerRefused
from libs.broker.subscribers import QueueState, close_queue, open_queue, queue_states
from libs.servers.ports import is_listening
from libs.servers.process import ServerFailed
from libs.servers.rabbitmq import definitions

API = "/api/v1"
REASON = "asked for by the operator of this system"
TROUBLE = (Refusal, ServerFailed, httpx.HTTPError, BrokerRefused, OSError)
"""What a step may fail with; the steps before it stand, and all may be repeated."""


class NotUp(RuntimeError):
    """The system does not run, or its broker is somebody else's to set up."""


class House:
    """One running local system. Every act may be repeated, also after one that broke off half-way."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._secrets = read_or_make(layout.secrets, layout.services())
        self._broker = rabbitmq(layout, self._secrets)
        self.handovers = Handovers(layout.run / "subscribers")

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self._layout.port('gateway')}"

    def ensure_up(self) -> None:
        """Raises NotUp when there is nothing to let anybody hear of."""
        if self._secrets.amqp_url:
            raise NotUp("This system uses a RabbitMQ of your own (AMQP_URL): write the file to import into it instead.")
        for name in ("rabbitmq", "gateway"):
            if not is_listening(self._layout.port(name)):
                raise NotUp(f"The {name} of this system is not there. Start it with `make up`.")

    async def let_hear(self, subscriber: Subscriber, *, anew: bool = False) -> Handover:
        """Account, queue and client as they are to be; with `anew`, other secrets, and the old ones end at once."""
        known = None if anew else self.handovers.find(subscriber.system)
        password = known.password if known else randomness.token_urlsafe(24)
        user = subscriber.user(password)
        if anew:
            self._end_account(subscriber)
        self._broker.take(definitions([user], [VHOST]))
        await open_queue(self._admin_url, subscriber.system, subscriber.kinds)
        client_id, client_secret = self._client(subscriber, known)
        handover = Handover(
            system=subscriber.system,
            areas=subscriber.areas,
            queue=subscriber.queue,
            amqp_url=f"amqp://{user.name}:{password}@127.0.0.1:{self._broker.port}/{VHOST}",
            feed=f"{self.gateway}{API}/events/feed",
            token_url=f"{self.gateway}{API}/auth/token",
            client={"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret},
        )
        self.handovers.keep(handover)
        return handover

    async def end(self, subscriber: Subscriber) -> None:
        """It hears nothing more: client disabled, account and queue gone. What it has heard stays heard."""
        with _administering(self.gateway, self._secrets.people["admin"]) as admin:
            client = _find_client(admin, subscriber.account)
            if client is not None and client["status"] == "active":
                admin.act(f"/auth/clients/{client['id']}", "disable", reason=REASON)
        self._end_account(subscriber)
        await close_queue(self._admin_url, subscriber.system)
        self.handovers.forget(subscriber.system)

    def _end_account(self, subscriber: Subscriber) -> None:
        """Delete it; the broker closes what it has open."""
        if subscriber.account in self._broker.ctl("list_users").split():
            self._broker.ctl("delete_user", subscriber.account)

    async def states(self) -> dict[str, QueueState | None]:
        return await queue_states(self._admin_url, [handover.system for handover in self.handovers.all()])

    @property
    def _admin_url(self) -> str:
        return self._broker.url(vhost=VHOST)

    def _client(self, subscriber: Subscriber, known: Handover | None) -> tuple[str, str]:
        """Id and secret of its client in auth, made to hold exactly its scopes."""
        with _administering(self.gateway, self._secrets.people["admin"]) as admin:
            client = _find_client(admin, subscriber.account)
            if client is None:
                made = admin.post("/auth/clients", {"name": subscriber.account, "scopes": subscriber.scopes})
                return str(made["client"]["id"]), str(made["secret"])
            path = f"/auth/clients/{client['id']}"
            if client["status"] != "active":
                admin.act(path, "enable", reason=REASON)
            if client["scopes"] != subscriber.scopes:
                admin.patch(path, {"scopes": subscriber.scopes}, etag=admin.etag(path))
            if known is not None and known.client["client_id"] == client["id"]:
                return known.client["client_id"], known.client["client_secret"]
            rotated = admin.act(path, "rotate-secret", immediately=True, reason=REASON)
            return str(client["id"]), str(rotated["secret"])


@contextmanager
def _administering(gateway: str, password: str) -> Iterator[Api]:
    """The API as the administrator of a local system."""
    api = Api(gateway)
    try:
        api.sign_in(email_of("admin"), password)
        yield api
    finally:
        api.close()


def _find_client(admin: Api, name: str) -> dict[str, Any] | None:
    return next((client for client in admin.all("/auth/clients") if client["name"] == name), None)
