"""Every route of a service times every role, generated from what the routes declare and what the matrix grants.

async def test_every_route_lets_in_exactly_whom_the_matrix_lets_in(stage: MakeStage) -> None:
    assert await wrong_cells(await stage(service)) == []
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from libs.access.permissions import MATRIX, Grant, Permission, Role
from libs.testing.stage import Stage
from libs.web.guard import permissions_of

PLACEHOLDER = UUID(int=7)
"""Stands for every id in a path: nothing has it."""
_CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Entrance:
    """One method of one route with the permissions it asks for; none means public."""

    method: str
    path: str
    permissions: tuple[Permission, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def admits(self, role: Role, scopes: frozenset[str]) -> bool:
        """Whether the matrix grants this role everything the route asks for; a service by its scopes only."""
        return all(_granted(permission, role, scopes) for permission in self.permissions)


def entrances(app: FastAPI) -> Iterator[Entrance]:
    """Every way in, with placeholders in its path."""
    for route in app.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route} is no route whose permission can be read")
        path = route.path_format.format(**_placeholders(route))
        for method in sorted(route.methods or ()):
            yield Entrance(method, path, permissions_of(route.dependant))


async def wrong_cells(stage: Stage, subjects: Mapping[Role, UUID] | None = None) -> list[str]:
    """Each cell in which a real call was answered otherwise than the matrix says; empty when all is well.

    Calls bring no body, so whoever is let in is usually told what is missing: any answer but 401, 403 and 500.
    `subjects` names the account behind a role, for services whose routes look it up.
    """
    every_scope = tuple(permission.value for permission in Permission)
    callers: list[tuple[str, Role | None, tuple[str, ...]]] = [
        ("nobody", None, ()),
        ("service without scopes", Role.SERVICE, ()),
        ("service with every scope", Role.SERVICE, every_scope),
        *((role.value, role, every_scope) for role in Role if role is not Role.SERVICE),
    ]
    wrong: list[str] = []
    for name, role, scopes in callers:
        roles = [role] if role else []
        client = await stage.client(*roles, scopes=scopes, subject=(subjects or {}).get(role) if role else None)
        for entrance in entrances(stage.app):
            answer = await client.request(entrance.method, entrance.path)
            expected = _expected(entrance, role, frozenset(scopes))
            if not _as_expected(answer, expected):
                wrong.append(f"{entrance} answered {answer.status_code} to {name}; expected {expected}")
    return wrong


def _expected(entrance: Entrance, role: Role | None, scopes: frozenset[str]) -> str:
    if not entrance.permissions:
        return "open"
    if role is None:
        return "401"
    return "open" if entrance.admits(role, scopes) else "403"


def _as_expected(answer: httpx.Response, expected: str) -> bool:
    if expected == "open":
        return answer.status_code not in _CLOSED and answer.status_code != HTTPStatus.INTERNAL_SERVER_ERROR
    return str(answer.status_code) == expected


def _granted(permission: Permission, role: Role, scopes: frozenset[str]) -> bool:
    cell = MATRIX.get(permission, {}).get(role)
    return cell is not None and (cell is not Grant.SCOPED or permission.value in scopes)


def _placeholders(route: APIRoute) -> dict[str, Any]:
    return {field.alias: _placeholder(field.field_info.annotation) for field in route.dependant.path_params}


def _placeholder(kind: Any) -> Any:
    if kind is UUID:
        return PLACEHOLDER
    if kind is int:
        return PLACEHOLDER.int
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    return "placeholder"
