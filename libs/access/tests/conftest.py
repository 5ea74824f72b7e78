"""A synthetic auth: keys of its own, tokens of any shape, a key set that can change or go away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from libs.access.token import JwksVerifier
from libs.errors import Unavailable
from libs.testing.clock import TestClock

ISSUER, AUDIENCE = "tms", "tms"


@dataclass
class Signer:
    """Signs as auth would, or as someone who wishes to be auth."""

    clock: TestClock = field(default_factory=TestClock)
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    away: bool = False
    fetches: int = 0

    def add(self, key_id: str) -> None:
        self.keys[key_id] = Ed25519PrivateKey.generate()

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a good token; a value of None leaves one out."""
        now = int(self.clock.now().timestamp())
        good = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid4()),
            "iat": now,
            "exp": now + 600,
            "jti": str(uuid4()),
            "typ": "access",
            "roles": ["ops"],
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def token(self, key_id: str = "one", **changed: Any) -> str:
        return jwt.encode(self.claims(**changed), self.keys[key_id], algorithm="EdDSA", headers={"kid": key_id})

    def public(self, key_id: str) -> dict[str, Any]:
        return {**OKPAlgorithm.to_jwk(self.keys[key_id].public_key(), as_dict=True), "kid": key_id}

    async def fetch(self) -> Mapping[str, Any]:
        self.fetches += 1
        if self.away:
            raise Unavailable("away")
        return {"keys": [self.public(key_id) for key_id in self.keys]}

    async def close(self) -> None:
        """Nothing is open."""

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))


@pytest.fixture
def signer() -> Signer:
    made = Signer()
    made.add("one")
    return made


@pytest.fixture
def verifier(signer: Signer) -> JwksVerifier:
    return JwksVerifier(signer, issuer=ISSUER, audience=AUDIENCE, clock=signer.clock)
