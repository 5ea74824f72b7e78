"""Views people keep of their lists: their own, a few, and nothing personal in them."""

from typing import Any

import httpx
import pytest

from libs.access.permissions import Role
from services.auth.commands.saved_views import MOST
from services.auth.tests.conftest import Auth, ok

VIEWS = "/api/v1/auth/me/views"
WISH: dict[str, Any] = {
    "page": "runs",
    "name": "Not synced",
    "search": {"status": ["open", "confirmed"], "q": "noodles", "columns": ["run", "dates"], "refund_due": True},
}


@pytest.fixture
async def ops(auth: Auth) -> httpx.AsyncClient:
    return await auth.stage.client(Role.OPS, subject=await auth.id_of("ops"))


async def kept(caller: httpx.AsyncClient, **given: Any) -> dict[str, Any]:
    return dict(await ok(caller.post(VIEWS, json={**WISH, **given})))


async def test_a_view_is_kept_renamed_replaced_and_deleted(ops: httpx.AsyncClient) -> None:
    made = await ops.post(VIEWS, json=WISH)
    path = made.headers["Location"]

    assert (made.status_code, made.json()["search"], made.headers["ETag"]) == (201, WISH["search"], '"1"')
    renamed = await ok(ops.patch(path, json={"name": "Late"}, headers={"If-Match": '"1"'}))
    replaced = await ok(ops.patch(path, json={"search": {"older_than_days": 7}}, headers={"If-Match": '"2"'}))
    assert (renamed["name"], renamed["search"]) == ("Late", WISH["search"])
    assert (replaced["name"], replaced["search"], replaced["version"]) == ("Late", {"older_than_days": 7}, 3)
    assert (await ops.get(path)).json() == replaced

    gone = await ops.delete(path, headers={"If-Match": '"3"'})
    assert (gone.status_code, (await ops.get(path)).status_code) == (204, 404)
    assert (await ok(ops.get(VIEWS)))["items"] == []


async def test_views_are_listed_by_page_and_name(ops: httpx.AsyncClient) -> None:
    for page, name in (("runs", "B"), ("deadlines", "C"), ("runs", "A")):
        await kept(ops, page=page, name=name)

    everywhere = (await ok(ops.get(VIEWS)))["items"]
    of_runs = (await ok(ops.get(VIEWS, params={"page": "runs"})))["items"]

    assert [(view["page"], view["name"]) for view in everywhere] == [("deadlines", "C"), ("runs", "A"), ("runs", "B")]
    assert [view["name"] for view in of_runs] == ["A", "B"]


async def test_another_person_s_view_is_not_there(auth: Auth, ops: httpx.AsyncClient) -> None:
    view = await kept(ops)
    path, headers = f"{VIEWS}/{view['id']}", {"If-Match": '"1"'}

    asked = [
        await auth.admin.get(path),
        await auth.admin.patch(path, json={"name": "Mine"}, headers=headers),
        await auth.admin.delete(path, headers=headers),
    ]

    assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert (await ok(auth.admin.get(VIEWS)))["items"] == []
    assert (await ok(ops.get(path)))["name"] == WISH["name"]


async def test_a_change_names_the_version_it_was_made_from(ops: httpx.AsyncClient) -> None:
    path = f"{VIEWS}/{(await kept(ops))['id']}"

    missing = [await ops.patch(path, json={"name": "Late"}), await ops.delete(path)]
    stale = [
        await ops.patch(path, json={"name": "Late"}, headers={"If-Match": '"7"'}),
        await ops.delete(path, headers={"If-Match": '"7"'}),
    ]

    assert [answer.status_code for answer in missing + stale] == [428, 428, 412, 412]


async def test_a_name_is_given_once_a_page(ops: httpx.AsyncClient) -> None:
    await kept(ops)
    other = await kept(ops, name="Other")
    await kept(ops, page="deadlines")

    again = await ops.post(VIEWS, json=WISH)
    renamed = await ops.patch(f"{VIEWS}/{other['id']}", json={"name": WISH["name"]}, headers={"If-Match": '"1"'})

    assert [(answer.status_code, answer.json()["code"]) for answer in (again, renamed)] == [(409, "duplicate")] * 2


async def test_a_repeat_with_the_same_key_keeps_one_view(ops: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first, again = [await ops.post(VIEWS, json=WISH, headers=headers) for _ in range(2)]

    assert (first.status_code, again.json()) == (201, first.json())
    assert len((await ok(ops.get(VIEWS)))["items"]) == 1


async def test_nobody_keeps_more_than_so_many(ops: httpx.AsyncClient) -> None:
    for number in range(MOST):
        await kept(ops, name=f"View {number}")

    more = await ops.post(VIEWS, json={**WISH, "page": "deadlines"})

    assert (more.status_code, more.json()["code"]) == (409, "too_many_views")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"page": "trainees"}, "page"),
        ({"name": ""}, "name"),
        ({"name": "Of S1234567D"}, "name"),
        ({"name": "Of somebody@example.com"}, "name"),
        ({"search": {"q": "s1234567d"}}, "search"),
        ({"search": {"status": ["open", "G1234567X"]}}, "search"),
        ({"search": {"q": "x" * 101}}, "search.q"),
        ({"search": {"Not A Parameter": "x"}}, "search"),
        ({"search": {f"p{'x' * number}": "x" for number in range(21)}}, "search"),
        ({"search": {"q": {"deeper": "x"}}}, "search.q"),
        ({"owner": "somebody"}, "owner"),
    ],
)
async def test_what_is_no_view_or_tells_of_somebody_is_refused(
    ops: httpx.AsyncClient, given: dict[str, Any], field: str
) -> None:
    answer = await ops.post(VIEWS, json={**WISH, **given})

    assert answer.status_code == 422
    assert all(error["field"].startswith(field) for error in answer.json()["errors"])
    assert "1234567" not in answer.text
    assert (await ok(ops.get(VIEWS)))["items"] == []


async def test_an_identity_number_is_refused_in_a_change_too(ops: httpx.AsyncClient) -> None:
    path = f"{VIEWS}/{(await kept(ops))['id']}"

    answer = await ops.patch(path, json={"search": {"q": "S1234567D"}}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "personal_data")
    assert (await ok(ops.get(path)))["search"] == WISH["search"]


async def test_a_client_is_no_person_and_keeps_no_views(auth: Auth) -> None:
    client = await auth.stage.client(Role.SERVICE)

    assert (await client.post(VIEWS, json=WISH)).status_code == 404
    assert (await ok(client.get(VIEWS)))["items"] == []


async def test_nothing_is_told_of_views(auth: Auth, ops: httpx.AsyncClient) -> None:
    before = len(await auth.told())
    await kept(ops)
    assert len(await auth.told()) == before
