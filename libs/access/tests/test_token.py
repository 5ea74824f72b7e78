"""Which tokens prove a caller, and which never do."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from libs.access.permissions import Permission, Role
from libs.access.tests.conftest import Signer
from libs.access.token import REMEMBERED_TOKENS, HttpKeySource, JwksVerifier
from libs.errors import Unauthenticated, Unavailable


def part(document: Any) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=")


def hand_made(header: dict[str, Any], claims: dict[str, Any], secret: bytes | None) -> str:
    """A token no library would make: any header, signed with HMAC or not at all."""
    signed = part(header) + b"." + part(claims)
    signature = b"" if secret is None else hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def refused(verifier: JwksVerifier, token: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(token)
    assert token[:20] not in refusal.value.message
    return refusal.value.message


async def test_a_good_token_proves_its_caller(signer: Signer, verifier: JwksVerifier) -> None:
    subject, sign_in = uuid4(), uuid4()
    token = signer.token(sub=str(subject), roles=["ops", "trainer", "unheard-of"], sid=str(sign_in))

    principal = await verifier.verify(token)

    assert (principal.subject, principal.sign_in_id) == (subject, sign_in)
    assert principal.roles == {Role.OPS, Role.TRAINER}


async def test_scopes_of_a_service_are_its_permissions(signer: Signer, verifier: JwksVerifier) -> None:
    principal = await verifier.verify(signer.token(roles=["service"], scope="events:feed runs:view"))
    assert principal.permissions() == {"self": "all", "runs:view": "scoped", "events:feed": "scoped"}
    assert principal.grant(Permission.COURSES_VIEW) is None


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"aud": "someone-else"}, "not valid here"),
        ({"aud": ["others", "still-others"]}, "not valid here"),
        ({"iss": "someone-else"}, "not valid here"),
        ({"typ": "refresh"}, "not an access token"),
        ({"typ": None}, "not an access token"),
        *(({name: None}, "not valid here") for name in ("iss", "aud", "sub", "exp", "iat", "jti")),
        ({"sub": "not-a-uuid"}, "names no caller"),
        ({"sid": "not-a-uuid"}, "names no caller"),
        ({"roles": 7}, "names no caller"),
        ({"exp": "soon"}, "times cannot be read"),
        ({"exp": 1e300}, "times cannot be read"),
    ],
)
async def test_a_signed_token_with_wrong_claims_is_refused(
    signer: Signer, verifier: JwksVerifier, changed: dict[str, Any], why: str
) -> None:
    assert why in await refused(verifier, signer.token(**changed))


async def test_a_token_lives_until_its_end_and_not_a_second_longer(signer: Signer, verifier: JwksVerifier) -> None:
    token = signer.token()
    signer.later(seconds=599)
    await verifier.verify(token)
    signer.later(seconds=1)
    assert "expired" in await refused(verifier, token)


async def test_a_token_is_refused_before_it_begins(signer: Signer, verifier: JwksVerifier) -> None:
    begins = int(signer.clock.now().timestamp()) + 60
    for token in (signer.token(iat=begins), signer.token(nbf=begins)):
        assert "not valid yet" in await refused(verifier, token)
    signer.later(seconds=56)  # clocks may differ by a few seconds
    await verifier.verify(signer.token(nbf=begins))


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "NONE"])
async def test_an_unsigned_token_is_refused(signer: Signer, verifier: JwksVerifier, algorithm: str) -> None:
    await refused(verifier, hand_made({"alg": algorithm, "kid": "one", "typ": "JWT"}, signer.claims(), None))


@pytest.mark.parametrize(
    "encoding", [(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), (Encoding.Raw, PublicFormat.Raw)]
)
@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA"])
async def test_our_public_key_is_no_shared_secret(
    signer: Signer, verifier: JwksVerifier, encoding: tuple[Encoding, PublicFormat], algorithm: str
) -> None:
    """Given someone who signs with HMAC and our public key, whatever the header claims, then it proves nothing."""
    secret = signer.keys["one"].public_key().public_bytes(*encoding)
    await refused(verifier, hand_made({"alg": algorithm, "kid": "one", "typ": "JWT"}, signer.claims(), secret))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (Ed25519PrivateKey.generate(), "EdDSA"),
    ],
)
async def test_a_key_of_ones_own_in_the_name_of_ours_is_refused(
    signer: Signer, verifier: JwksVerifier, key: Any, algorithm: str
) -> None:
    await refused(verifier, jwt.encode(signer.claims(), key, algorithm=algorithm, headers={"kid": "one"}))


async def test_a_key_brought_along_in_the_header_is_ignored(signer: Signer, verifier: JwksVerifier) -> None:
    other = Signer(clock=signer.clock)
    other.add("mine")
    headers = {"kid": "mine", "jwk": other.public("mine"), "jku": "https://example.com/keys"}
    token = jwt.encode(other.claims(), other.keys["mine"], algorithm="EdDSA", headers=headers)
    assert "unknown key" in await refused(verifier, token)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "a.b.c.d", "é.è.ê", "." * 5, "x" * 20_000])
async def test_what_is_no_token_is_refused(verifier: JwksVerifier, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_a_token_without_a_key_id_or_with_a_strange_one_is_refused(
    signer: Signer, verifier: JwksVerifier
) -> None:
    for key_id in (None, 7, ["one"], {"one": 1}):
        await refused(verifier, hand_made({"alg": "EdDSA", "kid": key_id}, signer.claims(), b"x"))
    assert signer.fetches == 0


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_any_changed_part_is_found(signer: Signer, verifier: JwksVerifier, place: int) -> None:
    parts = signer.token().split(".")
    parts[place] = signer.token(roles=["admin"]).split(".")[place] if place == 1 else parts[place][:-4] + "AAAA"
    await refused(verifier, ".".join(parts))


async def test_keys_are_fetched_once_and_a_rotated_one_is_noticed(signer: Signer, verifier: JwksVerifier) -> None:
    await verifier.verify(signer.token())
    await verifier.verify(signer.token())
    assert signer.fetches == 1
    signer.later(seconds=11)
    signer.add("two")
    await verifier.verify(signer.token("two"))
    await verifier.verify(signer.token("one"))
    assert signer.fetches == 2


async def test_nobody_can_make_us_hammer_auth_with_unknown_keys(signer: Signer, verifier: JwksVerifier) -> None:
    stranger = Signer(clock=signer.clock)
    for number in range(50):
        stranger.add(f"made-up-{number}")
        await refused(verifier, stranger.token(f"made-up-{number}"))
    assert signer.fetches == 1


async def test_while_auth_is_away_known_keys_work_and_unknown_ones_are_refused(
    signer: Signer, verifier: JwksVerifier
) -> None:
    await verifier.verify(signer.token())
    signer.away = True
    signer.later(minutes=30)
    await verifier.verify(signer.token())
    signer.add("two")
    await refused(verifier, signer.token("two"))
    signer.away = False
    signer.later(seconds=2)
    await verifier.verify(signer.token("two"))


async def test_without_any_key_the_answer_is_unavailable_and_auth_is_not_hammered(
    signer: Signer, verifier: JwksVerifier
) -> None:
    signer.away = True
    for _ in range(20):
        with pytest.raises(Unavailable):
            await verifier.verify(signer.token())
    assert signer.fetches == 1
    signer.away = False
    signer.later(seconds=1)
    await verifier.verify(signer.token())


async def test_a_withdrawn_key_ends_even_for_tokens_seen_before(signer: Signer, verifier: JwksVerifier) -> None:
    signer.add("two")
    token = signer.token("one")
    await verifier.verify(token)
    del signer.keys["one"]
    signer.later(minutes=5)
    assert "unknown key" in await refused(verifier, token)


async def test_entries_that_are_no_keys_of_ours_are_left_out(signer: Signer) -> None:
    symmetric = {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}
    private = {**signer.public("one"), "kid": "leaked", "d": "AAAA"}

    class Mixed(Signer):
        async def fetch(self) -> dict[str, Any]:
            return {"keys": [7, None, {}, symmetric, private, {"kty": "OKP"}, signer.public("one")]}

    verifier = JwksVerifier(Mixed(), issuer="tms", audience="tms", clock=signer.clock)
    await verifier.verify(signer.token())
    await refused(verifier, hand_made({"alg": "HS256", "kid": "shared"}, signer.claims(), b"secret"))
    await refused(verifier, hand_made({"alg": "EdDSA", "kid": "shared"}, signer.claims(), b"secret"))


async def test_memory_of_tokens_is_bounded(signer: Signer, verifier: JwksVerifier) -> None:
    principal = await verifier.verify(signer.token())
    for number in range(REMEMBERED_TOKENS + 10):
        verifier._remember(number.to_bytes(4), signer.clock.now(), principal)
    assert len(verifier._seen) == REMEMBERED_TOKENS


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(200, text="<html>"), httpx.Response(200, json=["no", "object"])]
)
async def test_a_key_set_that_cannot_be_read_is_unavailable(answer: httpx.Response) -> None:
    source = HttpKeySource("http://auth.test/jwks.json")
    await source.close()
    source._client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
    with pytest.raises(Unavailable):
        await source.fetch()
    await source.close()


async def test_a_subject_stays_the_same_from_memory(signer: Signer, verifier: JwksVerifier) -> None:
    token = signer.token(sub=str(UUID(int=5)))
    assert await verifier.verify(token) == await verifier.verify(token)
