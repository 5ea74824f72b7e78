"""Every route times every role: entered exactly when the matrix grants what the route asks for."""

from libs.access.permissions import Role
from libs.testing.route_matrix import entrances, wrong_cells
from services.auth.tests.conftest import CLIENT_ID, Auth

ASKED = {
    "GET me": "self",
    "POST me/password": "self",
    "GET me/views": "self",
    "POST me/views": "self",
    "GET me/views/{id}": "self",
    "PATCH me/views/{id}": "self",
    "DELETE me/views/{id}": "self",
    "GET users": "users:view",
    "POST users/find": "users:view",
    "GET users/{id}": "users:view",
    "GET roles": "users:view",
    "POST users": "users:write",
    "PATCH users/{id}": "users:write",
    "PUT users/{id}/roles": "users:write",
    "POST users/{id}/disable": "users:write",
    "POST users/{id}/enable": "users:write",
    "POST users/{id}/unlock": "users:write",
    "POST users/{id}/password": "users:write",
    "GET clients": "clients:view",
    "GET clients/{id}": "clients:view",
    "POST clients": "clients:write",
    "PATCH clients/{id}": "clients:write",
    "POST clients/{id}/rotate-secret": "clients:write",
    "POST clients/{id}/disable": "clients:write",
    "POST clients/{id}/enable": "clients:write",
    "GET keys": "keys:rotate",
    "POST keys/rotate": "keys:rotate",
    "POST token": "",
    "POST token/renew": "",
    "POST logout": "",
    "GET jwks.json": "",
}
"""What each route must ask for, written out a second time: the generated test believes what routes declare."""


async def test_every_route_lets_in_exactly_whom_the_matrix_lets_in(auth: Auth) -> None:
    accounts = {role: CLIENT_ID if role is Role.SERVICE else auth.admin_id for role in Role}
    assert await wrong_cells(auth.stage, accounts) == []


async def test_each_route_asks_for_what_was_agreed(auth: Auth) -> None:
    prefix, placeholder = "/api/v1/auth/", "00000000-0000-0000-0000-000000000007"
    own = [each for each in entrances(auth.stage.app) if each.path.startswith(prefix)]
    declared = {
        f"{each.method} {each.path.removeprefix(prefix).replace(placeholder, '{id}')}": " ".join(each.permissions)
        for each in own
    }
    assert declared == ASKED
