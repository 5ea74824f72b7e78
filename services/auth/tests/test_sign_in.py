"""Signing in through HTTP: who gets in, who does not, and what is told about it."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from libs.access.permissions import Role
from libs.access.tests.conftest import Signer
from libs.errors import Unauthenticated
from services.auth.handlers import tidy
from services.auth.tests.conftest import PASSWORD, Auth, ok

ME = "/api/v1/auth/me"


async def test_email_and_password_give_a_token_every_service_believes(auth: Auth) -> None:
    given = await ok(auth.sign_in("ops"))
    principal = await auth.verifier().verify(given["access_token"])
    assert (principal.roles, principal.subject) == (frozenset({Role.OPS}), await auth.id_of("ops"))
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    (told,) = await auth.told("sign_in.accepted")
    assert told.aggid == principal.sign_in_id
    assert (told.actorid, told.actorrole) == (str(principal.subject), "ops")


async def test_tokens_may_not_be_kept_by_caches(auth: Auth) -> None:
    assert (await auth.sign_in()).headers["cache-control"] == "no-store"
    assert (await auth.sign_in(password="wrong")).headers["cache-control"] == "no-store"


async def test_the_spelling_of_an_email_does_not_matter_and_that_of_a_password_does(auth: Auth) -> None:
    assert (await auth.token("password", username=" OPS@Example.COM ", password=PASSWORD)).status_code == 200
    assert (await auth.sign_in(password=PASSWORD + " ")).status_code == 401


def without_journey(answer: httpx.Response) -> dict[str, Any]:
    document = answer.json()
    document.pop("correlation_id")
    return {**document, "status": answer.status_code, "headers": sorted(answer.headers)}


async def test_an_unknown_email_and_a_wrong_password_are_answered_alike(auth: Auth) -> None:
    wrong = await auth.sign_in("ops", "not the password")
    unknown = await auth.sign_in("nobody-here", "not the password")
    assert without_journey(wrong) == without_journey(unknown)
    assert wrong.json()["error"] == "invalid_grant"
    assert wrong.headers["content-type"] == "application/problem+json"
    causes = [(told.data["cause"], told.data.get("user_id")) for told in await auth.told("sign_in.refused")]
    assert causes == [("wrong_password", str(await auth.id_of("ops"))), ("unknown_user", None)]


@pytest.mark.parametrize("who", ["ops", "nobody-here"])
async def test_too_many_failures_lock_an_email_whether_it_has_an_account_or_not(auth: Auth, who: str) -> None:
    for _ in range(5):
        assert (await auth.sign_in(who, "not the password")).status_code == 401
    locked = await auth.sign_in(who)
    assert (locked.status_code, locked.json()["code"]) == (429, "sign_in_locked")
    assert locked.headers["retry-after"] == "60"
    assert len(await auth.told("user.locked")) == (1 if who == "ops" else 0)
    auth.later(seconds=61)
    assert (await auth.sign_in(who)).status_code == (200 if who == "ops" else 401)


async def test_guesses_made_at_once_are_counted_one_by_one(auth: Auth) -> None:
    """Given thirty guesses in flight, the right one among the last, then the lock still falls after the fifth."""
    guesses = [auth.sign_in("ops", f"not the password {n}") for n in range(30)]
    answers = await asyncio.gather(*guesses)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(401), statuses.count(429)) == (5, 25)
    assert len(await auth.told("user.locked")) == 1
    assert (await auth.sign_in("ops")).status_code == 429


async def test_a_good_sign_in_forgets_earlier_failures(auth: Auth) -> None:
    for _ in range(3):
        for _ in range(4):
            await auth.sign_in("ops", "not the password")
        assert (await auth.sign_in("ops")).status_code == 200


async def test_an_administrator_unlocks(auth: Auth) -> None:
    for _ in range(5):
        await auth.sign_in("ops", "not the password")
    ops = await auth.id_of("ops")
    assert (await ok(auth.admin.get(f"/api/v1/auth/users/{ops}")))["locked_until"] is not None
    unlocked = await auth.act(f"users/{ops}/unlock", reason="called by telephone")
    assert (unlocked.status_code, unlocked.json()["locked_until"]) == (200, None)
    assert (await auth.sign_in("ops")).status_code == 200
    again = await auth.act(f"users/{ops}/unlock")
    assert (again.status_code, again.json()["code"]) == (409, "not_in_state")
    assert [told.data["reason"] for told in await auth.told("user.unlocked")] == ["called by telephone"]


async def test_a_disabled_account_is_refused_like_a_wrong_password(auth: Auth) -> None:
    wrong = await auth.sign_in("ops", "not the password")
    await auth.act(f"users/{await auth.id_of('ops')}/disable", reason="left the company")
    disabled = await auth.sign_in("ops")
    assert without_journey(disabled) == without_journey(wrong)
    assert (await auth.told("sign_in.refused"))[-1].data["cause"] == "disabled"


async def test_a_refresh_token_is_good_once_and_hands_out_the_next(auth: Auth) -> None:
    first = await ok(auth.sign_in())
    second = await ok(auth.refresh(first["refresh_token"]))
    third = await ok(auth.refresh(second["refresh_token"]))
    assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    before, after = [await auth.verifier().verify(each["access_token"]) for each in (first, third)]
    assert before == after


async def test_a_used_refresh_token_ends_the_whole_family(auth: Auth) -> None:
    first = await ok(auth.sign_in())
    second = await ok(auth.refresh(first["refresh_token"]))
    stolen = await auth.refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (401, "invalid_grant")
    assert (await auth.refresh(second["refresh_token"])).status_code == 401
    (reused,) = await auth.told("sign_in.token_reused")
    assert reused.actorid == "anonymous"
    assert [told.data["cause"] for told in await auth.told("sign_in.refused")] == ["sign_in_ended"]


async def test_another_sign_in_of_the_same_person_is_untouched(auth: Auth) -> None:
    stolen, other = await ok(auth.sign_in()), await ok(auth.sign_in())
    await auth.refresh(stolen["refresh_token"])
    await auth.refresh(stolen["refresh_token"])
    assert (await auth.refresh(other["refresh_token"])).status_code == 200


async def test_of_two_uses_at_once_one_gets_in_and_the_family_ends(auth: Auth) -> None:
    first = await ok(auth.sign_in())
    answers = await asyncio.gather(*(auth.refresh(first["refresh_token"]) for _ in range(4)))
    winners = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(winners) == 1
    assert (await auth.refresh(winners[0]["refresh_token"])).status_code == 401
    assert len(await auth.told("sign_in.token_reused")) == 1


async def test_a_sign_in_ends_after_resting_too_long_and_after_its_longest_time(auth: Auth) -> None:
    given = await ok(auth.sign_in())
    auth.later(hours=12)
    assert (await auth.refresh(given["refresh_token"])).status_code == 401

    given = await ok(auth.sign_in())
    for _ in range(15):
        auth.later(hours=11)
        given = await ok(auth.refresh(given["refresh_token"]))
    assert given["refresh_expires_in"] == 3 * 3600  # seven days less fifteen times eleven hours
    auth.later(hours=3)
    assert (await auth.refresh(given["refresh_token"])).status_code == 401


async def test_new_roles_hold_from_the_next_refresh_on(auth: Auth) -> None:
    given = await ok(auth.sign_in())
    await auth.act(f"users/{await auth.id_of('ops')}/roles", method="PUT", roles=["trainer", "assessor"])
    given = await ok(auth.refresh(given["refresh_token"]))
    assert (await auth.verifier().verify(given["access_token"])).roles == {Role.TRAINER, Role.ASSESSOR}


@pytest.mark.parametrize("token", ["", "unknown", "x" * 1024])
async def test_a_token_nobody_was_given_is_refused(auth: Auth, token: str) -> None:
    assert (await auth.refresh(token)).status_code == (401 if token else 422)


async def test_signing_out_ends_the_family_is_safe_to_repeat_and_tells_nothing(auth: Auth) -> None:
    first = await ok(auth.sign_in())
    second = await ok(auth.refresh(first["refresh_token"]))
    for token in (first["refresh_token"], second["refresh_token"], "unknown"):
        answer = await auth.nobody.post("/api/v1/auth/logout", data={"refresh_token": token})
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await auth.nobody.post("/api/v1/auth/logout")).status_code == 204
    assert (await auth.refresh(second["refresh_token"])).status_code == 401
    (ended,) = await auth.told("sign_in.ended")
    assert (ended.data["reason"], ended.actorid) == ("signed_out", str(await auth.id_of("ops")))


COOKIE_MODE = {"X-Token-Mode": "cookie"}
RENEW = "/api/v1/auth/token/renew"


async def test_in_cookie_mode_no_script_ever_sees_the_refresh_token(auth: Auth) -> None:
    answer = await auth.sign_in(headers=COOKIE_MODE)
    cookie = answer.headers["set-cookie"]
    assert "refresh_token" not in answer.json()
    assert {"HttpOnly", "SameSite=strict", "Path=/api/v1/auth"} <= set(cookie.split("; "))

    renewed = await auth.nobody.post(RENEW, headers=COOKIE_MODE)  # the client sends its cookie
    assert renewed.status_code == 200
    assert "refresh_token" not in renewed.json()
    assert renewed.headers["set-cookie"] != cookie
    await auth.verifier().verify(renewed.json()["access_token"])


async def test_a_cookie_alone_renews_and_ends_nothing(auth: Auth) -> None:
    """Another site can make a browser send the cookie at most; never the header that says to use it."""
    await auth.sign_in(headers=COOKIE_MODE)
    assert (await auth.nobody.post(RENEW)).status_code == 422
    assert "set-cookie" not in (await auth.nobody.post("/api/v1/auth/logout")).headers
    assert (await auth.nobody.post(RENEW, headers=COOKIE_MODE)).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
async def test_a_page_of_another_origin_cannot_use_the_cookie(auth: Auth, site: str) -> None:
    """SameSite=Strict alone would let a page on another port of the same host through."""
    await auth.sign_in(headers=COOKIE_MODE)
    elsewhere = {**COOKIE_MODE, "Sec-Fetch-Site": site}
    for path in (RENEW, "/api/v1/auth/logout"):
        refused = await auth.nobody.post(path, headers=elsewhere)
        assert (refused.status_code, refused.json()["code"]) == (403, "from_elsewhere")
        assert "set-cookie" not in refused.headers
    assert (await auth.sign_in(headers=elsewhere)).status_code == 403
    here = {**COOKIE_MODE, "Sec-Fetch-Site": "same-origin"}
    assert (await auth.nobody.post(RENEW, headers=here)).status_code == 200


async def test_a_cookie_that_comes_back_ends_its_family(auth: Auth) -> None:
    await auth.sign_in(headers=COOKIE_MODE)
    used = auth.nobody.cookies["tms_refresh"]
    await auth.nobody.post(RENEW, headers=COOKIE_MODE)
    auth.nobody.cookies.clear()
    auth.nobody.cookies.set("tms_refresh", used, domain="service.test", path="/api/v1/auth")
    refused = await auth.nobody.post(RENEW, headers=COOKIE_MODE)
    assert (refused.status_code, "Max-Age=0" in refused.headers["set-cookie"]) == (401, True)


KEY, OTHER_KEY = (str(UUID(int=number)) for number in (1, 2))


def bring(auth: Auth, cookie: str) -> None:
    """The browser holds this cookie and no other."""
    auth.nobody.cookies.clear()
    auth.nobody.cookies.set("tms_refresh", cookie, domain="service.test", path="/api/v1/auth")


async def renew(auth: Auth, cookie: str, key: str | None) -> httpx.Response:
    bring(auth, cookie)
    return await auth.nobody.post(RENEW, headers={**COOKIE_MODE, **({"X-Renewal-Key": key} if key else {})})


async def signed_in(auth: Auth) -> str:
    await auth.sign_in(headers=COOKIE_MODE)
    return auth.nobody.cookies["tms_refresh"]


async def test_a_renewal_whose_answer_was_lost_is_answered_again_to_its_key(auth: Auth) -> None:
    """Given a page that was left amid its renewal, when the next asks with the same key, then the sign-in goes on."""
    first = await signed_in(auth)
    lost, again = [await renew(auth, first, KEY) for _ in range(2)]
    assert (again.status_code, again.cookies["tms_refresh"]) == (200, lost.cookies["tms_refresh"])
    await auth.verifier().verify(again.json()["access_token"])
    # the same key with the next cookie, by a page that had no time to forget the key, is a renewal like any other
    third = await renew(auth, again.cookies["tms_refresh"], KEY)
    assert (third.status_code, third.cookies["tms_refresh"] != again.cookies["tms_refresh"]) == (200, True)
    assert await auth.told("sign_in.token_reused") == []


async def test_two_pages_that_renew_at_once_with_one_key_get_the_same(auth: Auth) -> None:
    first = await signed_in(auth)
    headers = {**COOKIE_MODE, "X-Renewal-Key": KEY}
    bring(auth, first)
    answers = await asyncio.gather(*(auth.nobody.post(RENEW, headers=headers) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.cookies["tms_refresh"] for answer in answers}) == 1


async def test_an_answer_given_again_ends_when_the_first_would_have(auth: Auth) -> None:
    first = await signed_in(auth)
    await renew(auth, first, KEY)
    auth.later(seconds=60)
    again = await renew(auth, first, KEY)
    assert (again.status_code, again.json()["refresh_expires_in"]) == (200, 12 * 3600 - 60)


async def ends_the_sign_in(auth: Auth, refused: httpx.Response, held: str) -> None:
    """It was a reuse: nobody goes on, not even with what was good a moment ago."""
    assert (refused.status_code, "Max-Age=0" in refused.headers["set-cookie"]) == (401, True)
    assert (await renew(auth, held, OTHER_KEY)).status_code == 401
    assert len(await auth.told("sign_in.token_reused")) == 1


@pytest.mark.parametrize("key", [None, OTHER_KEY])
async def test_who_has_the_used_cookie_and_not_the_key_is_a_thief(auth: Auth, key: str | None) -> None:
    first = await signed_in(auth)
    second = (await renew(auth, first, KEY)).cookies["tms_refresh"]
    await ends_the_sign_in(auth, await renew(auth, first, key), second)


async def test_the_key_helps_nobody_after_a_minute(auth: Auth) -> None:
    first = await signed_in(auth)
    second = (await renew(auth, first, KEY)).cookies["tms_refresh"]
    auth.later(seconds=61)
    await ends_the_sign_in(auth, await renew(auth, first, KEY), second)


async def test_the_key_helps_nobody_once_the_next_cookie_was_used(auth: Auth) -> None:
    first = await signed_in(auth)
    second = (await renew(auth, first, KEY)).cookies["tms_refresh"]
    third = (await renew(auth, second, OTHER_KEY)).cookies["tms_refresh"]
    await ends_the_sign_in(auth, await renew(auth, first, KEY), third)


async def test_a_renewal_without_a_key_is_given_once(auth: Auth) -> None:
    first = await signed_in(auth)
    second = (await renew(auth, first, None)).cookies["tms_refresh"]
    await ends_the_sign_in(auth, await renew(auth, first, KEY), second)


async def test_an_answer_is_not_given_again_after_the_sign_in_ended_or_to_who_was_disabled(auth: Auth) -> None:
    first = await signed_in(auth)
    second = (await renew(auth, first, KEY)).cookies["tms_refresh"]
    bring(auth, second)
    await auth.nobody.post("/api/v1/auth/logout", headers=COOKIE_MODE)
    assert (await renew(auth, first, KEY)).status_code == 401

    first = await signed_in(auth)
    await renew(auth, first, KEY)
    async with auth.stage.units.begin() as unit:
        await unit.session.execute(text("update auth.user_account set status = 'disabled'"))
    assert (await renew(auth, first, KEY)).status_code == 401
    causes = [told.data["cause"] for told in await auth.told("sign_in.refused")]
    assert causes == ["sign_in_ended", "disabled"]


async def test_a_key_that_could_be_guessed_is_not_taken(auth: Auth) -> None:
    first = await signed_in(auth)
    assert (await renew(auth, first, "1")).status_code == 422
    assert (await renew(auth, first, KEY)).status_code == 200


async def test_a_sign_in_after_time_was_moved_is_renewed_like_any_other(auth: Auth) -> None:
    """Given an old cookie and keys of long ago, when time has moved, then only what is too old ends."""
    old = await signed_in(auth)
    for _ in range(3):
        auth.later(days=11)
        await tidy(auth.stage.runtime)
        cookie = await signed_in(auth)
        for _ in range(3):
            answer = await renew(auth, cookie, None)
            cookie = answer.cookies["tms_refresh"]
            await auth.verifier().verify(answer.json()["access_token"])
    assert (await renew(auth, old, None)).status_code == 401


async def test_signing_out_and_a_refusal_take_the_cookie_away(auth: Auth) -> None:
    await auth.sign_in(headers=COOKIE_MODE)
    signed_out = await auth.nobody.post("/api/v1/auth/logout", headers=COOKIE_MODE)
    assert "Max-Age=0" in signed_out.headers["set-cookie"]
    assert len(await auth.told("sign_in.ended")) == 1
    auth.nobody.cookies.set("tms_refresh", "unknown", domain="service.test", path="/api/v1/auth")
    refused = await auth.nobody.post(RENEW, headers=COOKIE_MODE)
    assert (refused.status_code, "Max-Age=0" in refused.headers["set-cookie"]) == (401, True)
    assert (await auth.nobody.post(RENEW, headers=COOKIE_MODE)).json()["code"] == "sign_in_over"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 422, "invalid_request"),
        ({"grant_type": ""}, 422, "invalid_request"),
        ({"grant_type": "implicit"}, 422, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "ops@example.com"}, 422, "invalid_request"),
        ({"grant_type": "password", "password": PASSWORD}, 422, "invalid_request"),
        ({"grant_type": "refresh_token"}, 422, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "x"}, 422, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
    ],
)
async def test_oauth_clients_read_their_own_words_in_our_problems(
    auth: Auth, form: dict[str, str], status: int, error: str
) -> None:
    answer = await auth.nobody.post("/api/v1/auth/token", data=form)
    document = answer.json()
    assert (answer.status_code, document["error"], document["status"]) == (status, error, status)
    assert document["error_description"] == document["detail"]


async def test_a_body_that_is_no_form_is_refused_without_repeating_it(auth: Auth) -> None:
    answer = await auth.nobody.post("/api/v1/auth/token", json={"grant_type": "password", "password": PASSWORD})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


async def test_an_endless_password_is_refused_before_it_is_hashed(auth: Auth) -> None:
    answer = await auth.sign_in(password="x" * 2000)
    assert answer.status_code == 422
    assert await auth.told("sign_in.refused") == []


async def test_who_am_i_tells_name_roles_and_how_far_each_permission_reaches(auth: Auth) -> None:
    ops = await auth.id_of("ops")
    client = await auth.stage.client(Role.OPS, subject=ops)
    me = await ok(client.get(ME))
    assert (me["id"], me["kind"], me["name"], me["email"]) == (str(ops), "person", "Test Ops", "ops@example.com")
    assert me["roles"] == ["ops"]
    assert (me["permissions"]["runs:write"], me["permissions"]["audit:read"]) == ("all", "own")
    assert "users:write" not in me["permissions"]


async def test_a_token_of_a_disabled_person_no_longer_says_who_one_is(auth: Auth) -> None:
    ops = await auth.id_of("ops")
    client = await auth.stage.client(Role.OPS, subject=ops)
    await auth.act(f"users/{ops}/disable", reason="left the company")
    assert (await client.get(ME)).status_code == 401


async def test_a_token_signed_by_anybody_else_is_not_believed(auth: Auth) -> None:
    stranger = Signer(clock=auth.stage.clock)
    keys = await ok(auth.nobody.get("/api/v1/auth/jwks.json"))
    for entry in keys["keys"]:
        stranger.add(entry["kid"])
        with pytest.raises(Unauthenticated):
            await auth.verifier().verify(stranger.token(entry["kid"]))
