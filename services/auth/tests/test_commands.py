"""Commands where two meet: what was read before must be judged again under lock."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.access.permissions import Role
from libs.telemetry.context import Context, entered
from services.auth.commands.issuing import Issued, Issuer
from services.auth.commands.proving import Proof, prove_by_email
from services.auth.commands.saved_views import MOST, create_view
from services.auth.commands.sign_ins import sign_in
from services.auth.commands.users import disable_user
from services.auth.errors import WrongCredentials
from services.auth.models.saved_view import ViewPage
from services.auth.models.user import EMAIL, User
from services.auth.passwords import passwords_for
from services.auth.schemas.saved_view import SavedViewWish
from services.auth.tests.conftest import PASSWORD, Auth, ok

DEADLINE_S = 10


async def proven(auth: Auth) -> Proof:
    """Ops has just shown the right password; nothing has come of it yet."""
    runtime = auth.stage.runtime
    index = runtime.vault.blind_index("ops@example.com", purpose=EMAIL)
    proof = await prove_by_email(auth.stage.units, passwords_for(runtime.settings), index, PASSWORD)
    assert proof.correct
    return proof


async def sign_in_with(auth: Auth, proof: Proof) -> object:
    runtime = auth.stage.runtime
    with entered(Context(correlation_id=runtime.ids.new())):
        async with auth.stage.units.begin() as unit:
            return await sign_in(unit, Issuer(runtime.vault, runtime.settings), proof)


async def change_nothing(_: Auth) -> None:
    """Nobody interferes."""


async def set_password(auth: Auth) -> None:
    await ok(auth.act(f"users/{await auth.id_of('ops')}/password", password="entirely unrelated words"))


async def disable(auth: Auth) -> None:
    await ok(auth.act(f"users/{await auth.id_of('ops')}/disable", reason="left the company"))


async def lock(auth: Auth) -> None:
    for _ in range(5):
        await auth.sign_in("ops", "not the password")


@pytest.mark.parametrize(
    ("meanwhile", "gets_in"), [(change_nothing, True), (set_password, False), (disable, False), (lock, False)]
)
async def test_a_right_password_counts_only_if_nothing_changed_while_it_was_checked(
    auth: Auth, meanwhile: Callable[[Auth], Awaitable[None]], *, gets_in: bool
) -> None:
    proof = await proven(auth)
    await meanwhile(auth)
    assert isinstance(await sign_in_with(auth, proof), Issued) is gets_in


async def test_a_person_disabled_by_whatever_means_gets_no_further_token(auth: Auth) -> None:
    given = await ok(auth.sign_in("ops"))
    async with auth.stage.units.begin() as unit:
        await unit.session.execute(text("update auth.user_account set status = 'disabled'"))
    assert (await auth.refresh(given["refresh_token"])).status_code == 401
    assert isinstance(await sign_in_with(auth, Proof(b"x", None, None, correct=True)), WrongCredentials)


async def until_waiting_or_done(auth: Auth, task: asyncio.Task[Any]) -> None:
    """Until the task has ended or its statement waits for a lock."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with asyncio.timeout(DEADLINE_S), auth.stage.units.reading() as unit:
        while not task.done() and not (await unit.session.execute(text(waiting))).scalar_one():
            await unit.session.rollback()  # statistics stand still within one transaction


async def test_two_administrators_who_remove_each_other_queue_and_the_second_is_refused(auth: Auth) -> None:
    """Given a removal that has not committed, when the removed one strikes back, then that waits and is refused."""
    wish = {"email": "b@example.com", "name": "Test B", "roles": ["admin"], "password": "entirely unrelated words"}
    other = UUID((await ok(auth.admin.post("/api/v1/auth/users", json=wish)))["id"])
    second = await auth.stage.client(Role.ADMIN, subject=other)
    with entered(Context(correlation_id=other, actor_id=str(auth.admin_id), actor_role="admin")):
        async with auth.stage.units.begin() as unit:
            await disable_user(unit, other, "they must go", version=1)
            await unit.session.flush()
            revenge = asyncio.create_task(
                second.post(
                    f"/api/v1/auth/users/{auth.admin_id}/disable",
                    json={"reason": "they must go"},
                    headers={"If-Match": '"1"'},
                )
            )
            await until_waiting_or_done(auth, revenge)
    answer = await revenge
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    async with auth.stage.units.reading() as unit:
        assert (await unit.get(User, auth.admin_id)).administers


async def test_two_views_kept_at_once_are_counted_one_after_the_other(auth: Auth) -> None:
    """Given the last view a person may keep, not committed yet, when one more comes, then that waits and is refused."""
    ops = await auth.id_of("ops")
    caller = await auth.stage.client(Role.OPS, subject=ops)
    with entered(Context(correlation_id=ops, actor_id=str(ops), actor_role="ops")):
        async with auth.stage.units.begin() as unit:
            for number in range(MOST):
                wish = SavedViewWish(page=ViewPage.RUNS, name=f"View {number}", search={})
                await create_view(unit, ops, wish)
            wish_for_more = {"page": "runs", "name": "One more", "search": {}}
            more = asyncio.create_task(caller.post("/api/v1/auth/me/views", json=wish_for_more))
            await until_waiting_or_done(auth, more)
    answer = await more
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")
