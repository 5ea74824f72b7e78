"""Signing keys: published before they sign, verified until the last token ends, and gone when they leaked."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.errors import Unauthenticated, Unavailable
from libs.telemetry.context import Context, entered
from services.auth.commands.keys import ensure_keys
from services.auth.handlers import follow_the_clock, tidy
from services.auth.queries.keys import StoredKeys
from services.auth.tests.conftest import Auth, ok

KEYS = "/api/v1/auth/keys"
WHY = {"reason": "a yearly exercise"}


async def states(auth: Auth) -> list[str]:
    return [key["state"] for key in (await ok(auth.admin.get(KEYS)))["items"]]


async def published(auth: Auth) -> set[str]:
    return {entry["kid"] for entry in (await ok(auth.nobody.get("/api/v1/auth/jwks.json")))["keys"]}


async def test_the_key_set_is_public_and_holds_public_halves_alone(auth: Auth) -> None:
    answer = await auth.nobody.get("/api/v1/auth/jwks.json")
    entries = answer.json()["keys"]
    assert [sorted(entry) for entry in entries] == [["alg", "crv", "kid", "kty", "use", "x"]] * 2
    assert {(entry["alg"], entry["crv"]) for entry in entries} == {("EdDSA", "Ed25519")}
    assert answer.headers["cache-control"] == "public, max-age=60"


async def test_nobody_sees_a_private_half(auth: Auth) -> None:
    for item in (await ok(auth.admin.get(KEYS)))["items"]:
        assert sorted(item) == ["activated_at", "created_at", "id", "state", "verifies_until"]


async def test_after_a_rotation_old_tokens_verify_until_they_end_and_no_longer(auth: Auth) -> None:
    before, verifier = await published(auth), auth.verifier()
    old = (await ok(auth.sign_in()))["access_token"]
    await ok(auth.admin.post(f"{KEYS}/rotate", json=WHY))
    new = (await ok(auth.sign_in()))["access_token"]

    assert await states(auth) == ["retiring", "active", "next"]
    assert before < await published(auth)
    for token in (old, new):
        await verifier.verify(token)
    auth.later(minutes=12)
    assert len(await published(auth)) == 2
    with pytest.raises(Unauthenticated):
        await auth.verifier().verify(old)
    (told,) = [each for each in await auth.told("signing_key.rotated") if "reason" in each.data]
    assert (told.data["reason"], told.actorid) == (WHY["reason"], str(auth.admin_id))


async def test_a_retired_key_is_published_until_the_last_token_it_signed_has_ended(auth: Auth) -> None:
    """Given a token signed just before a rotation, then a service that starts now believes it to its last second."""
    old = (await ok(auth.sign_in()))["access_token"]
    await ok(auth.admin.post(f"{KEYS}/rotate", json=WHY))
    auth.later(seconds=599)
    assert (await auth.verifier().verify(old)).subject == await auth.id_of("ops")
    auth.later(seconds=1)
    assert len(await published(auth)) == 3
    with pytest.raises(Unauthenticated, match="expired"):
        await auth.verifier().verify(old)


async def test_a_service_that_knew_the_next_key_asks_nothing_when_it_begins_to_sign(auth: Auth) -> None:
    """Given keys fetched before the rotation, when a new token comes and auth is away, then it is believed."""
    verifier = auth.verifier()
    await verifier.verify((await ok(auth.sign_in()))["access_token"])
    await ok(auth.admin.post(f"{KEYS}/rotate", json=WHY))
    new = (await ok(auth.sign_in()))["access_token"]
    verifier._source = StoredKeys.__new__(StoredKeys)  # asking it would fail
    await verifier.verify(new)


async def test_compromised_keys_are_withdrawn_at_once_and_sign_ins_go_on(auth: Auth) -> None:
    given, before = await ok(auth.sign_in()), await published(auth)
    await ok(auth.admin.post(f"{KEYS}/rotate", json={"compromised": True, "reason": "a backup was lost"}))
    assert await published(auth) & before == set()
    with pytest.raises(Unauthenticated):
        await auth.verifier().verify(given["access_token"])
    renewed = await ok(auth.refresh(given["refresh_token"]))
    await auth.verifier().verify(renewed["access_token"])


async def test_a_service_that_remembers_a_withdrawn_key_unlearns_it_with_the_first_new_token(auth: Auth) -> None:
    verifier = auth.verifier()
    old = (await ok(auth.sign_in()))["access_token"]
    await verifier.verify(old)
    auth.later(seconds=11)
    await ok(auth.admin.post(f"{KEYS}/rotate", json={"compromised": True, "reason": "a backup was lost"}))
    await verifier.verify((await ok(auth.sign_in()))["access_token"])
    with pytest.raises(Unauthenticated):
        await verifier.verify(old)


async def test_a_rotation_needs_a_reason(auth: Auth) -> None:
    assert (await auth.admin.post(f"{KEYS}/rotate", json={})).status_code == 422


async def test_keys_rotate_when_they_have_signed_long_enough_and_not_before(auth: Auth) -> None:
    auth.later(days=29, hours=23)
    await tidy(auth.stage.runtime)
    assert await states(auth) == ["active", "next"]
    auth.later(hours=1)
    await tidy(auth.stage.runtime)
    assert await states(auth) == ["retiring", "active", "next"]
    await tidy(auth.stage.runtime)
    assert len(await states(auth)) == 3
    auth.later(minutes=12)
    await tidy(auth.stage.runtime)
    assert await states(auth) == ["active", "next"]


async def test_several_processes_at_once_rotate_once(auth: Auth) -> None:
    auth.later(days=30)
    await asyncio.gather(*(tidy(auth.stage.runtime) for _ in range(4)))
    assert await states(auth) == ["retiring", "active", "next"]


async def test_rotations_asked_at_once_never_leave_two_active_keys(auth: Auth) -> None:
    answers = await asyncio.gather(*(auth.admin.post(f"{KEYS}/rotate", json=WHY) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(await states(auth)) == ["active", "next", "retiring", "retiring", "retiring", "retiring"]


async def test_first_keys_are_made_once(auth: Auth) -> None:
    async with auth.stage.units.begin() as unit:
        await unit.session.execute(text("delete from auth.signing_key"))
    with pytest.raises(Unavailable):
        await auth.verifier().verify("eyJhbGciOiJFZERTQSIsImtpZCI6IngifQ.e30.AA")

    async def start() -> None:
        with entered(Context(correlation_id=auth.stage.runtime.ids.new())):
            async with auth.stage.units.begin() as unit:
                await ensure_keys(unit, auth.stage.runtime.vault)

    await asyncio.gather(*(start() for _ in range(4)))
    assert await states(auth) == ["active", "next"]


async def test_the_duty_goes_round_until_it_is_stopped(auth: Auth, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[Any] = []
    twice = asyncio.Event()

    async def count(runtime: Any) -> None:
        rounds.append(runtime)
        if len(rounds) > 1:
            twice.set()

    monkeypatch.setattr("services.auth.handlers.tidy", count)
    quick = auth.stage.runtime.settings.model_copy(update={"key_check_every": timedelta(milliseconds=1)})
    object.__setattr__(auth.stage.runtime, "settings", quick)
    duty = asyncio.create_task(follow_the_clock(auth.stage.runtime))
    await asyncio.wait_for(twice.wait(), 5)
    duty.cancel()
    with pytest.raises(asyncio.CancelledError):
        await duty


async def test_what_is_long_over_is_forgotten_and_what_is_not_stays(auth: Auth) -> None:
    await ok(auth.sign_in())
    await auth.sign_in("nobody-here", "not the password")
    auth.later(days=38)
    kept = await ok(auth.sign_in())
    await auth.sign_in("somebody-else", "not the password")
    await tidy(auth.stage.runtime)
    async with auth.stage.units.reading() as unit:
        counts = [
            (await unit.session.execute(text(f"select count(*) from auth.{table}"))).scalar_one()  # noqa: S608 - fixed
            for table in ("sign_in", "refresh_token", "guard")
        ]
    assert counts == [1, 1, 1]
    assert (await auth.refresh(kept["refresh_token"])).status_code == 200
