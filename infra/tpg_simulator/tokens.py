"""OAuth 2 client credentials: the bearer tokens of portal apps that may read open routes."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.tpg_simulator.clock import MovableClock


@dataclass(frozen=True, slots=True)
class Token:
    provider_uen: str
    expires_at: datetime


class Tokens:
    """Tokens handed out by this process; a restart forgets them and clients ask anew."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def issue(self, provider_uen: str, life: timedelta) -> str:
        now = self._clock.now()
        self._tokens = {text: token for text, token in self._tokens.items() if token.expires_at > now}
        text = secrets.token_urlsafe(32)
        self._tokens[text] = Token(provider_uen, now + life)
        return text

    def find_provider(self, text: str) -> str | None:
        """Whose token this is; None when unknown or expired."""
        token = self._tokens.get(text)
        if token is None or token.expires_at <= self._clock.now():
            return None
        return token.provider_uen

    def forget_all(self) -> None:
        self._tokens.clear()
