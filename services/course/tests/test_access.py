"""Every route times every role: entered exactly when the matrix grants what the route asks for."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from fastapi.routing import APIRoute

from libs.access.permissions import MATRIX, Permission, Role
from libs.testing.stage import MakeStage
from libs.web.guard import permissions_of
from services.course.main import course as service

IDS = {"course_id", "venue_id", "trainer_id", "run_id", "session_id"}


def routes() -> Iterator[tuple[str, str, tuple[Permission, ...]]]:
    for router in service.routers:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            path = route.path.format(**dict.fromkeys(IDS, UUID(int=7)))
            for method in sorted(route.methods or ()):
                yield method, path, permissions_of(route.dependant)


def granted(role: Role, permissions: tuple[Permission, ...]) -> bool:
    """People by their role; a service only with the scope, which it is given here."""
    return all(role in MATRIX[permission] for permission in permissions)


async def test_each_role_enters_where_the_matrix_lets_it(stage: MakeStage) -> None:
    course = await stage(service)
    everything = tuple(permission.value for permission in Permission)
    clients = {role: await course.client(role, scopes=everything) for role in Role}

    wrong = [
        f"{role} {method} {path} answered {answer.status_code}"
        for method, path, permissions in routes()
        for role, client in clients.items()
        for answer in [await client.request(method, path)]
        if (answer.status_code not in {401, 403}) is not granted(role, permissions)
    ]

    assert wrong == []


async def test_without_a_token_every_door_is_closed(stage: MakeStage) -> None:
    nobody = await (await stage(service)).client()

    answers = {(method, path): await nobody.request(method, path) for method, path, _ in routes()}

    assert {answer.status_code for answer in answers.values()} == {401}


async def test_a_service_without_the_scope_is_refused(stage: MakeStage) -> None:
    unscoped = await (await stage(service)).client(Role.SERVICE)

    answers = [await unscoped.request(method, path) for method, path, _ in routes()]

    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("path", ["/api/v1/course-runs/{run_id}/cut-short", "/api/v1/course-runs/{run_id}/reopen"])
def test_what_only_an_administrator_may_do_asks_for_it(path: str) -> None:
    asked = {each: permissions for _, each, permissions in routes()}[path.format(run_id=UUID(int=7))]

    assert {role for role in Role if granted(role, asked)} == {Role.ADMIN}
