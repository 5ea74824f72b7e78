"""The refresh token of the user interface: in a cookie that no script reads and no other site sends."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import Cookie, Header, Response

from libs.chassis.settings import Environment
from services.auth.errors import FromElsewhere
from services.auth.settings import AuthSettings

COOKIE = "tms_refresh"
_PATH = "/api/v1/auth"
_LONGEST = 1024
_KEY_SHORTEST, _KEY_LONGEST = 36, 128


class TokenMode(StrEnum):
    """Where the refresh token travels. The header that says so is one no other site's form can send."""

    BODY = "body"
    COOKIE = "cookie"


Mode = Annotated[
    TokenMode, Header(alias="X-Token-Mode", description="`cookie` keeps the refresh token in an HttpOnly cookie.")
]
RenewalKey = Annotated[
    str | None,
    Header(
        alias="X-Renewal-Key",
        min_length=_KEY_SHORTEST,
        max_length=_KEY_LONGEST,
        description="A random UUID that its caller keeps until the answer is kept: whoever lost the answer asks again "
        "with the same one within a minute and is answered the same.",
    ),
]
RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, max_length=_LONGEST)]
FetchSite = Annotated[str | None, Header(alias="Sec-Fetch-Site", max_length=20, include_in_schema=False)]
"""Where a browser says the request comes from; scripts cannot set it, and other programs do not send it."""


def refuse_elsewhere(site: str | None) -> None:
    """Raise FromElsewhere for a page that is not ours. SameSite=Strict lets our host's other ports through."""
    if site not in (None, "same-origin"):
        raise FromElsewhere


def set_cookie(response: Response, token: str, lives: timedelta, settings: AuthSettings) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(lives.total_seconds()),
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=settings.environment is Environment.PRODUCTION,  # elsewhere the loopback is spoken to without TLS
    )


def drop_cookie(response: Response, settings: AuthSettings) -> None:
    response.delete_cookie(
        COOKIE, path=_PATH, httponly=True, samesite="strict", secure=settings.environment is Environment.PRODUCTION
    )
