"""Signing, without a database: what a token says, who can check it, and what never shows."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from libs.access.permissions import Role
from libs.access.token import JwksVerifier
from libs.errors import Unauthenticated
from libs.testing.clock import TestClock
from services.auth.tokens import AccessClaims, KeyPair, new_secret, public_jwk, sign

KEY_ID, SUBJECT, SIGN_IN = UUID(int=1), UUID(int=2), UUID(int=3)
CLOCK = TestClock()


def claims(**given: Any) -> AccessClaims:
    good: dict[str, Any] = {
        "issuer": "tms",
        "audience": "tms",
        "subject": SUBJECT,
        "token_id": UUID(int=4),
        "issued_at": CLOCK.now(),
        "lifetime": timedelta(minutes=10),
    }
    return AccessClaims(**{**good, **given})


@dataclass
class Published:
    """A key set as services read it."""

    pair: KeyPair

    async def fetch(self) -> Mapping[str, Any]:
        return {"keys": [public_jwk(KEY_ID, self.pair.public)]}

    async def close(self) -> None:
        """Nothing is open."""


def verifier(pair: KeyPair, **expected: str) -> JwksVerifier:
    return JwksVerifier(Published(pair), **{"issuer": "tms", "audience": "tms", **expected}, clock=CLOCK)


async def test_what_is_signed_here_is_believed_everywhere() -> None:
    pair = KeyPair.generate()
    token = sign(claims(roles=("ops",), sign_in_id=SIGN_IN), key_id=KEY_ID, private=pair.private)
    principal = await verifier(pair).verify(token)
    assert (principal.subject, principal.roles, principal.sign_in_id) == (SUBJECT, frozenset({Role.OPS}), SIGN_IN)


@pytest.mark.parametrize("expected", [{"issuer": "another"}, {"audience": "another"}])
async def test_a_token_is_good_for_its_own_system_alone(expected: dict[str, str]) -> None:
    pair = KeyPair.generate()
    token = sign(claims(), key_id=KEY_ID, private=pair.private)
    with pytest.raises(Unauthenticated):
        await verifier(pair, **expected).verify(token)


async def test_another_key_under_the_same_id_proves_nothing() -> None:
    token = sign(claims(), key_id=KEY_ID, private=KeyPair.generate().private)
    with pytest.raises(Unauthenticated):
        await verifier(KeyPair.generate()).verify(token)


def test_the_header_names_key_and_algorithm_and_brings_no_key_along() -> None:
    token = sign(claims(), key_id=KEY_ID, private=KeyPair.generate().private)
    assert jwt.get_unverified_header(token) == {"alg": "EdDSA", "kid": str(KEY_ID), "typ": "JWT"}


def test_a_person_has_a_sign_in_and_a_client_has_scopes() -> None:
    person = claims(roles=("ops",), sign_in_id=SIGN_IN).document()
    client = claims(roles=("service",), scopes=("events:feed", "runs:view")).document()
    assert (person["sid"], person["roles"], "scope" in person) == (str(SIGN_IN), ["ops"], False)
    assert (client["scope"], "sid" in client) == ("events:feed runs:view", False)
    assert person["exp"] - person["iat"] == 600
    assert (person["typ"], client["typ"]) == ("access", "access")


def test_a_token_holds_ids_and_roles_and_nothing_personal() -> None:
    document = claims(roles=("ops",), scopes=("runs:view",), sign_in_id=SIGN_IN).document()
    assert set(document) == {"iss", "aud", "sub", "iat", "exp", "jti", "typ", "roles", "scope", "sid"}


def test_only_the_public_half_is_published_and_the_private_one_never_shows() -> None:
    pair = KeyPair.generate()
    private = base64.b64decode(pair.private)
    entry = public_jwk(KEY_ID, pair.public)
    assert "d" not in entry
    assert base64.urlsafe_b64decode(entry["x"] + "=") == pair.public != private
    assert pair.private not in repr(pair)


def test_secrets_have_256_bits_and_survive_forms_and_cookies() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(base64.urlsafe_b64decode(each + "=")) for each in secrets} == {32}
