"""The auth service's own knobs, and the accounts it makes sure of at each start."""

from datetime import timedelta
from typing import Self, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from libs.access.permissions import Role
from libs.chassis.settings import ServiceSettings

T = TypeVar("T")


class BootstrapUser(BaseModel):
    """A person who can sign in from the first start on; an account that exists already is left as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: EmailStr
    name: str = Field(min_length=1, max_length=200)
    password: SecretStr = Field(min_length=12)
    roles: list[Role] = Field(min_length=1)

    @field_validator("roles")
    @classmethod
    def _people_only(cls, roles: list[Role]) -> list[Role]:
        if Role.SERVICE in roles:
            message = "the role service belongs to clients, not to people"
            raise ValueError(message)
        return list(dict.fromkeys(roles))


class BootstrapClient(BaseModel):
    """A service client as it is declared: name, secret and scopes are made to agree at each start."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: UUID
    name: str = Field(min_length=1, max_length=100)
    secret: SecretStr = Field(min_length=24)
    scopes: list[str]


class AuthSettings(ServiceSettings):
    access_token_lifetime: timedelta = timedelta(minutes=10)
    refresh_token_lifetime: timedelta = timedelta(hours=12)
    """How long a sign-in may rest between two refreshes."""
    renewal_repeatable_for: timedelta = timedelta(seconds=60)
    """How long a renewal whose answer was lost may be asked for again with its own key."""
    sign_in_longest: timedelta = timedelta(days=7)
    """After this a person signs in anew, however busy."""
    key_lifetime: timedelta = timedelta(days=30)
    key_check_every: timedelta = timedelta(minutes=1)
    secret_overlap: timedelta = timedelta(hours=1)
    """How long a client's old secret still works after a rotation, unless it is ended at once."""

    lockout_failures: int = Field(default=5, ge=1)
    lockout_window: timedelta = timedelta(minutes=15)
    lockout_first: timedelta = timedelta(minutes=1)
    """The first lock; each further one lasts twice as long."""
    lockout_longest: timedelta = timedelta(hours=1)
    lockout_forgotten_after: timedelta = timedelta(days=1)

    argon2_time_cost: int = Field(default=3, ge=1)
    argon2_memory_kib: int = Field(default=65_536, ge=8)
    argon2_lanes: int = Field(default=4, ge=1)
    hashing_threads: int = Field(default=2, ge=1)
    """Passwords hashed at the same time, each with the memory above."""
    hashing_queue: int = Field(default=64, ge=1)
    """Passwords that may wait for their turn; more are answered "too many"."""

    bootstrap_users: SecretStr = SecretStr("")
    """JSON list of `{email, name, password, roles}`."""
    bootstrap_clients: SecretStr = SecretStr("")
    """JSON list of `{id, name, secret, scopes}`."""

    def users(self) -> list[BootstrapUser]:
        return _read("bootstrap_users", self.bootstrap_users, TypeAdapter(list[BootstrapUser]))

    def clients(self) -> list[BootstrapClient]:
        return _read("bootstrap_clients", self.bootstrap_clients, TypeAdapter(list[BootstrapClient]))

    @model_validator(mode="after")
    def _bootstrap_can_be_read(self) -> Self:
        self.users()
        self.clients()
        return self


def _read(name: str, secret: SecretStr, wanted: TypeAdapter[list[T]]) -> list[T]:
    text = secret.get_secret_value()
    if not text:
        return []
    try:
        return wanted.validate_json(text)
    except ValidationError as error:
        places = sorted({".".join(str(step) for step in detail["loc"]) or "the whole" for detail in error.errors()})
        message = f"{name} cannot be read at: {', '.join(places)}"
        raise ValueError(message) from None  # the cause would repeat the secrets
