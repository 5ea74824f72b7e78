from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_LONGEST = 1024
Word = Annotated[str, Field(max_length=_LONGEST)]
Secret = Annotated[SecretStr, Field(max_length=_LONGEST)]


class TokenForm(BaseModel):
    """The form of RFC 6749. Which fields are needed depends on the grant; what is not known is ignored, as it asks."""

    model_config = ConfigDict(hide_input_in_errors=True)

    grant_type: Word | None = None
    username: Word | None = None
    password: Secret | None = None
    refresh_token: Secret | None = None
    client_id: Word | None = None
    client_secret: Secret | None = None
    scope: Word | None = None


class SignOutForm(BaseModel):
    """RFC 7009, as far as it is needed here; without a token the cookie's is meant."""

    model_config = ConfigDict(hide_input_in_errors=True)

    refresh_token: Secret | None = None


class TokenView(BaseModel):
    """RFC 6749, 5.1. In cookie mode the refresh token travels in a cookie that scripts cannot read."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the protocol's word
    expires_in: int
    refresh_token: str | None = None
    refresh_expires_in: int | None = None
    scope: str | None = None


class KeySet(BaseModel):
    """RFC 7517."""

    keys: list[dict[str, str]]
