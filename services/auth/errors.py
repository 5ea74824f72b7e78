"""Everything auth can refuse, on one page. Messages never tell whether an email has an account.

Unauthenticated                   401
├── WrongCredentials              email or password is wrong, or the account is disabled
├── SignInOver                    the refresh token is unknown, used, expired, or its sign-in has ended
└── WrongClient                   client id or secret is wrong, or the client is disabled
TooMany                           429, `Retry-After` says when
├── SignInLocked                  too many failed attempts for this email, whether it has an account or not
└── Crowded                       more passwords wait to be checked than is sensible
Forbidden                         403
└── FromElsewhere                 a page of another origin may not use the cookie
Invalid                           422
├── CookieNotMeant                the cookie is used only by who says so in a header
├── TokenWishIncomplete           a field that this grant needs is missing
├── GrantUnsupported              not password, refresh_token or client_credentials
├── ScopeNotGranted               the client was not given this scope
├── ScopeUnknown                  no service may ever hold this scope
├── PasswordWeak                  too easy to guess from the account itself
└── CurrentPasswordWrong          one's own password is changed by who knows it
Conflict                          409
├── EmailTaken · NameTaken        another account or client has it
├── OwnAccount                    nobody changes their own standing
├── LastAdmin                     somebody must remain who can let others in
├── TooManyViews                  so many saved views one person keeps, and no more
└── NotInState                    already disabled, already active, not locked
"""

from datetime import timedelta
from typing import ClassVar

from libs.errors import Conflict, FieldError, Forbidden, Invalid, Refused, TooMany, Unauthenticated


class TokenRefused(Refused):
    """A refusal of the token endpoint; `oauth` is RFC 6749's word for it."""

    oauth: ClassVar[str] = "invalid_request"


class WrongCredentials(Unauthenticated, TokenRefused):
    code = "wrong_credentials"
    oauth = "invalid_grant"

    def __init__(self) -> None:
        super().__init__("Email or password is wrong.")


class SignInOver(Unauthenticated, TokenRefused):
    code = "sign_in_over"
    oauth = "invalid_grant"

    def __init__(self) -> None:
        super().__init__("This sign-in has ended. Sign in again.")


class WrongClient(Unauthenticated, TokenRefused):
    code = "wrong_client"
    oauth = "invalid_client"

    def __init__(self) -> None:
        super().__init__("Client id or secret is wrong.")


class SignInLocked(TooMany, TokenRefused):
    code = "sign_in_locked"
    oauth = "invalid_grant"

    def __init__(self, left: timedelta) -> None:
        super().__init__("Too many failed attempts. Wait, or ask an administrator to unlock.", retry_after=left)


class Crowded(TooMany, TokenRefused):
    code = "crowded"
    oauth = "temporarily_unavailable"

    def __init__(self) -> None:
        super().__init__("Many people are signing in right now. Try again.", retry_after=timedelta(seconds=2))


class FromElsewhere(Forbidden, TokenRefused):
    code = "from_elsewhere"

    def __init__(self) -> None:
        super().__init__("A page of another origin cannot use this sign-in.")


class CookieNotMeant(Invalid, TokenRefused):
    code = "cookie_not_meant"

    def __init__(self) -> None:
        fix = "Send X-Token-Mode: cookie."
        field = FieldError("X-Token-Mode", "missing", "The cookie is used only when this header says so.", fix)
        super().__init__("A sign-in is renewed by its cookie only when a header says so.", [field])


class TokenWishIncomplete(Invalid, TokenRefused):
    code = "incomplete"

    def __init__(self, field: str, grant: str) -> None:
        fix = f"Send {field} as a form field."
        super().__init__(f"{grant} needs {field}.", [FieldError(field, "missing", "This is needed.", fix)])


class GrantUnsupported(Invalid, TokenRefused):
    code = "grant_unsupported"
    oauth = "unsupported_grant_type"

    def __init__(self) -> None:
        fix = "Send password, refresh_token or client_credentials."
        field = FieldError("grant_type", "unsupported", "This grant is not offered here.", fix)
        super().__init__("The grant_type cannot be used.", [field])


class ScopeNotGranted(Invalid, TokenRefused):
    code = "scope_not_granted"
    oauth = "invalid_scope"

    def __init__(self) -> None:
        fix = "Leave scope out to get everything this client was given."
        field = FieldError("scope", "not_granted", "This client was not given a scope it asks for.", fix)
        super().__init__("The scope is not granted.", [field])


class ScopeUnknown(Invalid):
    code = "scope_unknown"

    def __init__(self, known: list[str]) -> None:
        field = FieldError("scopes", "unknown", "No service client may hold this.", f"Choose from {', '.join(known)}.")
        super().__init__("A scope cannot be given to a client.", [field])


class PasswordWeak(Invalid):
    code = "password_weak"

    def __init__(self, why: str, fix: str) -> None:
        super().__init__("This password is too easy to guess.", [FieldError("password", "weak", why, fix)])


class CurrentPasswordWrong(Invalid):
    code = "current_password_wrong"

    def __init__(self) -> None:
        field = FieldError("current_password", "wrong", "This is not your password.", "Send the one you sign in with.")
        super().__init__("The password was not changed.", [field])


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("Another account has this email.", allowed=("another email",))


class NameTaken(Conflict):
    code = "name_taken"

    def __init__(self) -> None:
        super().__init__("Another client has this name.", allowed=("another name",))


class OwnAccount(Conflict):
    code = "own_account"

    def __init__(self, instead: str) -> None:
        super().__init__("Nobody does this to their own account.", allowed=(instead,))


class LastAdmin(Conflict):
    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("This is the last active administrator.", allowed=("make somebody else administrator first",))


class TooManyViews(Conflict):
    code = "too_many_views"

    def __init__(self, most: int) -> None:
        super().__init__(f"You keep {most} views already.", allowed=("delete one first",))


class NotInState(Conflict):
    code = "not_in_state"

    def __init__(self, what: str, state: str, *, allowed: str) -> None:
        super().__init__(f"The {what} is {state}.", allowed=(allowed,))
