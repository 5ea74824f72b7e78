"""Everybody who acts in a journey: one demo login a role, all on one correlation id, and the time they live in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from infra.demo.client import Api
from infra.local import clock
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import Secrets, read_or_make


class Cast:
    """Signs each role in when it is first asked for, unless `signed_in` has somebody. To be closed in the end."""

    def __init__(
        self,
        layout: Layout,
        *,
        correlation_id: UUID | None = None,
        secrets: Secrets | None = None,
        signed_in: Callable[[str], Api] | None = None,
    ) -> None:
        self.layout = layout
        self.correlation_id = correlation_id or uuid4()
        self._secrets = secrets or read_or_make(layout.secrets, layout.services())
        self._known = signed_in
        self._signed_in: dict[str, Api] = {}

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.layout.port('gateway')}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.layout.port('simulator')}"

    def __getitem__(self, role: str) -> Api:
        if role not in self._signed_in:
            self._signed_in[role] = self._enter(role)
        return self._signed_in[role]

    def _enter(self, role: str) -> Api:
        if self._known is not None:
            return self._known(role).on_journey(self.correlation_id)
        api = Api(self.gateway, correlation_id=self.correlation_id)
        api.sign_in(email_of(role), self._secrets.people[role])
        return api

    def account(self, role: str) -> str:
        """The id of a role's account."""
        me: dict[str, Any] = self[role].get("/auth/me")
        return str(me["id"])

    def now(self) -> datetime:
        """What time it is for this system."""
        return clock.now(self.layout)

    def wait_for(self, instant: datetime) -> datetime:
        """Move the whole system's time ahead to an instant; one gone by moves nothing."""
        return clock.move_to(self.layout, instant)

    def close(self) -> None:
        for api in self._signed_in.values():
            api.close()
