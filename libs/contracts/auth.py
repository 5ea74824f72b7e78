"""What auth says: accounts, roles, service clients, sign-ins and signing keys."""

from uuid import UUID

from libs.contracts.event import Event


class UserCreated(Event, type="user.created", key="user_id"):
    """A person may now sign in."""

    user_id: UUID
    roles: tuple[str, ...]


class UserChanged(Event, type="user.changed", key="user_id"):
    """Details of an account changed; `changes` names the fields."""

    user_id: UUID


class UserRolesChanged(Event, type="user.roles_changed", key="user_id"):
    """Other roles hold from the next token on."""

    user_id: UUID
    roles: tuple[str, ...]


class UserPasswordChanged(Event, type="user.password_changed", key="user_id"):
    """A new password holds; every earlier session has ended."""

    user_id: UUID


class UserLocked(Event, type="user.locked", key="user_id"):
    """Too many failed sign-ins: none is accepted for a while."""

    user_id: UUID


class UserUnlocked(Event, type="user.unlocked", key="user_id"):
    """An administrator lets the person try again at once."""

    user_id: UUID


class UserDisabled(Event, type="user.disabled", key="user_id"):
    """The person may no longer sign in; running sessions have ended."""

    user_id: UUID


class UserEnabled(Event, type="user.enabled", key="user_id"):
    """A disabled person may sign in again."""

    user_id: UUID


class ClientCreated(Event, type="client.created", key="client_id"):
    """Another system may now ask for tokens."""

    client_id: UUID
    scopes: tuple[str, ...]


class ClientChanged(Event, type="client.changed", key="client_id"):
    """Name, scopes or standing changed; `changes` names the fields."""

    client_id: UUID
    scopes: tuple[str, ...]


class ClientSecretRotated(Event, type="client.secret_rotated", key="client_id"):
    """A new secret holds; the one before works on for an hour at most."""

    client_id: UUID


class ClientDisabled(Event, type="client.disabled", key="client_id"):
    """The client gets no more tokens."""

    client_id: UUID


class SignInAccepted(Event, type="sign_in.accepted", key="sign_in_id"):
    """A session began; its id is the refresh-token family's."""

    sign_in_id: UUID
    user_id: UUID


class SignInRefused(Event, type="sign_in.refused", key="sign_in_id"):
    """Someone was not let in. `user_id` is absent when no account matched."""

    sign_in_id: UUID
    user_id: UUID | None = None
    client_id: UUID | None = None
    cause: str


class SignInEnded(Event, type="sign_in.ended", key="sign_in_id"):
    """The person signed out."""

    sign_in_id: UUID
    user_id: UUID


class RefreshTokenReused(Event, type="sign_in.token_reused", key="sign_in_id"):
    """A refresh token came back after its use: the whole session is revoked."""

    sign_in_id: UUID
    user_id: UUID


class SigningKeyRotated(Event, type="signing_key.rotated", key="signing_key_id"):
    """Tokens are now signed by another key; the old one verifies until its last token has expired."""

    signing_key_id: UUID
