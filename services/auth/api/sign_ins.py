"""Tokens: sign in, stay in, sign out; and the keys by which everybody checks them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Request, Response
from pydantic import SecretStr

from libs.database.unit_of_work import UnitOfWork
from libs.web.documents import MEDIA_TYPE
from libs.web.guard import public
from libs.web.idempotency import without_idempotency
from libs.web.routing import Router
from libs.web.transaction import Uow
from services.auth.api.cookies import (
    FetchSite,
    Mode,
    RefreshCookie,
    RenewalKey,
    TokenMode,
    drop_cookie,
    refuse_elsewhere,
    set_cookie,
)
from services.auth.api.doors import AtDesk, Desk
from services.auth.api.oauth import basic_credentials, refusal_answer
from services.auth.commands.clients import give_client_token
from services.auth.commands.issuing import Issued
from services.auth.commands.sign_ins import refresh, sign_in, sign_out
from services.auth.errors import CookieNotMeant, GrantUnsupported, SignInOver, TokenRefused, TokenWishIncomplete
from services.auth.queries.keys import key_set
from services.auth.schemas.token import KeySet, SignOutForm, TokenForm, TokenView

router = Router(prefix="/api/v1/auth", tags=["sign-in"])

_REFUSED: dict[str, Any] = {
    "description": "Refused; RFC 6749's `error` and `error_description` stand beside the problem",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


@router.post(
    "/token",
    response_model=TokenView,
    response_model_exclude_none=True,
    responses={401: _REFUSED, 429: _REFUSED},
    dependencies=[public("it is how one signs in")],
)
@without_idempotency("its answer holds tokens")
async def give_token(
    uow: Uow,
    request: Request,
    response: Response,
    desk: AtDesk,
    form: Annotated[TokenForm, Form()],
    site: FetchSite = None,
    mode: Mode = TokenMode.BODY,
) -> TokenView | Response:
    """Grant `password`, `refresh_token` or `client_credentials`, as OAuth 2.0 has them (RFC 6749)."""
    try:
        if mode is TokenMode.COOKIE:
            refuse_elsewhere(site)
        outcome = await _grant(uow, request, desk, form)
    except TokenRefused as refusal:
        outcome = refusal
    return _given(outcome, response, desk, mode) if isinstance(outcome, Issued) else refusal_answer(outcome)


@router.post(
    "/token/renew",
    response_model=TokenView,
    response_model_exclude_none=True,
    responses={401: _REFUSED},
    dependencies=[public("the cookie says whose sign-in goes on")],
)
@without_idempotency("its answer holds tokens")
async def renew_token(
    uow: Uow,
    response: Response,
    desk: AtDesk,
    site: FetchSite = None,
    cookie: RefreshCookie = None,
    key: RenewalKey = None,
    mode: Mode = TokenMode.BODY,
) -> TokenView | Response:
    """The next access token for the sign-in in the cookie, and the next cookie; only with `X-Token-Mode: cookie`."""
    try:
        refuse_elsewhere(site)
        if mode is not TokenMode.COOKIE:
            raise CookieNotMeant
        outcome = await refresh(uow, desk.issuer, cookie, key=key) if cookie else SignInOver()
    except TokenRefused as refusal:
        return refusal_answer(refusal)
    if isinstance(outcome, Issued):
        return _given(outcome, response, desk, mode)
    refused = refusal_answer(outcome)
    drop_cookie(refused, desk.settings)
    return refused


@router.post("/logout", status_code=204, dependencies=[public("the refresh token says whose sign-in ends")])
@without_idempotency("it is safe to repeat")
async def log_out(
    uow: Uow,
    response: Response,
    desk: AtDesk,
    form: Annotated[SignOutForm, Form()],
    site: FetchSite = None,
    cookie: RefreshCookie = None,
    mode: Mode = TokenMode.BODY,
) -> None:
    """End the sign-in of this refresh token: the form's, or in cookie mode the cookie's. Safe to repeat."""
    token = form.refresh_token.get_secret_value() if form.refresh_token else None
    if mode is TokenMode.COOKIE:
        refuse_elsewhere(site)
        drop_cookie(response, desk.settings)
        token = token or cookie
    if token:
        await sign_out(uow, desk.issuer, token)


@router.get("/jwks.json", dependencies=[public("public keys are public")])
async def show_keys(uow: Uow, response: Response) -> KeySet:
    """The keys that verify access tokens, one that will sign next among them."""
    response.headers["Cache-Control"] = "public, max-age=60"
    return KeySet(**await key_set(uow))


async def _grant(uow: UnitOfWork, request: Request, desk: Desk, form: TokenForm) -> Issued | TokenRefused:
    match form.grant_type:
        case "password":
            email = _needed(form, "username", form.username)
            proof = await desk.prove(email, _needed(form, "password", form.password))
            return await sign_in(uow, desk.issuer, proof)
        case "refresh_token":
            return await refresh(uow, desk.issuer, _needed(form, "refresh_token", form.refresh_token))
        case "client_credentials":
            client_id, secret = basic_credentials(request) or (
                _needed(form, "client_id", form.client_id),
                _needed(form, "client_secret", form.client_secret),
            )
            return await give_client_token(uow, desk.issuer, _uuid(client_id), secret, form.scope)
        case None | "":
            raise TokenWishIncomplete("grant_type", "A token request")
        case _:
            raise GrantUnsupported


def _given(issued: Issued, response: Response, desk: Desk, mode: TokenMode) -> TokenView:
    response.headers["Cache-Control"] = "no-store"
    told, lives = issued.refresh_token, issued.refresh_expires_in
    if mode is TokenMode.COOKIE and told is not None and lives is not None:
        set_cookie(response, told, lives, desk.settings)
        told = None
    return TokenView(
        access_token=issued.access_token,
        expires_in=int(issued.expires_in.total_seconds()),
        refresh_token=told,
        refresh_expires_in=int(lives.total_seconds()) if lives is not None else None,
        scope=" ".join(issued.scopes) or None,
    )


def _needed(form: TokenForm, field: str, value: str | SecretStr | None) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not plain:
        raise TokenWishIncomplete(field, form.grant_type or "A token request")
    return plain


def _uuid(text: str) -> UUID | None:
    """Client ids are UUIDs; anything else is nobody's."""
    try:
        return UUID(text)
    except ValueError:
        return None
