"""Signing in, staying in, signing out.

Refusals here are returned, not raised: what they leave behind (a counted failure, a revoked family, an event) must be
committed with them.
"""

from uuid import UUID

from libs.contracts.auth import SignInRefused
from libs.database.unit_of_work import UnitOfWork
from libs.telemetry.context import current, entered
from services.auth.commands.guarding import count_failure, lock_guard, policy_of
from services.auth.commands.issuing import Issued, Issuer
from services.auth.commands.proving import Proof
from services.auth.errors import SignInLocked, SignInOver, TokenRefused, WrongCredentials
from services.auth.models.sign_in import REFRESH, SUCCESSOR, Ending, RefreshToken, SignIn
from services.auth.models.user import User
from services.auth.queries.sign_ins import lock_open_sign_ins, lock_token
from services.auth.tokens import in_letters, new_secret

ANONYMOUS = "anonymous"


async def sign_in(uow: UnitOfWork, issuer: Issuer, proof: Proof) -> Issued | TokenRefused:
    """Begin a session for who proved to be somebody; count the failure of who did not."""
    user = await uow.find(User, proof.user_id, for_update=True) if proof.user_id else None
    guard = await lock_guard(uow, proof.email_index)
    left = guard.left(uow.now())
    if left is not None:
        tell_refusal(uow, "locked", user_id=proof.user_id)
        return SignInLocked(left)
    if user is None or not proof.holds_for(user):
        count_failure(uow, guard, user, policy_of(issuer.settings))
        tell_refusal(uow, _cause(user, proof), user_id=proof.user_id)
        return WrongCredentials()
    guard.clear()
    if proof.renewed_hash is not None:
        user.password_hash = proof.renewed_hash
    begun = await _begin(uow, issuer, user)
    with entered(current().acting(str(user.id), user.acting_role)):
        uow.emit(begun.accepted())
    token = new_secret()
    return await _with_access(uow, issuer, user, _hand_out(uow, issuer, begun, token), token)


async def refresh(uow: UnitOfWork, issuer: Issuer, token: str, *, key: str | None = None) -> Issued | TokenRefused:
    """Exchange a refresh token for the next one and a new access token.

    A token that was used before ends its whole family: one of two holders is a thief, and nobody can tell which. A
    reply that was lost is given again to who brings the random `key` that the renewal was asked with, for a moment and
    until the next token is used. Whoever stole the token alone has no key, so the grace is not theirs.
    """
    kept = await lock_token(uow, issuer.vault.fingerprint(token, purpose=REFRESH))
    if kept is None:
        return _over(uow, "unknown_token")
    session = await uow.get(SignIn, kept.sign_in_id, for_update=True)
    now = uow.now()
    if session.ended_at is not None:
        return _over(uow, "sign_in_ended", session)
    next_token = _successor(issuer, token, key)
    given = await _given_before(uow, issuer, kept, next_token)
    if kept.used_at is not None and given is None:
        with entered(current().acting(ANONYMOUS, "none")):
            uow.emit(session.revoke(now))
        return SignInOver()
    if min((given or kept).expires_at, session.expires_at) <= now:
        return _over(uow, "expired", session)
    user = await uow.get(User, session.user_id)
    if not user.active:
        return _over(uow, "disabled", session)
    if given is None:
        kept.used_at = now
        given = _hand_out(uow, issuer, session, next_token)
    return await _with_access(uow, issuer, user, given, next_token)


async def sign_out(uow: UnitOfWork, issuer: Issuer, token: str) -> None:
    """End the session a refresh token belongs to, also with one that was used. Safe to repeat."""
    kept = await lock_token(uow, issuer.vault.fingerprint(token, purpose=REFRESH))
    if kept is None:
        return
    session = await uow.get(SignIn, kept.sign_in_id, for_update=True)
    ended = session.end(uow.now(), Ending.SIGNED_OUT)
    if ended is not None:
        user = await uow.get(User, session.user_id)
        with entered(current().acting(str(user.id), user.acting_role)):
            uow.emit(ended)


async def end_sign_ins(uow: UnitOfWork, user_id: UUID, ending: Ending) -> None:
    """End every session of one person. Access tokens already out live on for their few minutes."""
    for session in await lock_open_sign_ins(uow, user_id):
        if ended := session.end(uow.now(), ending):
            uow.emit(ended)


def tell_refusal(
    uow: UnitOfWork,
    cause: str,
    *,
    user_id: UUID | None = None,
    client_id: UUID | None = None,
    sign_in_id: UUID | None = None,
) -> None:
    """Say that somebody was not let in. They have proved nothing, so nobody's name stands as the actor."""
    with entered(current().acting(ANONYMOUS, "none")):
        uow.emit(
            SignInRefused(sign_in_id=sign_in_id or uow.new_id(), user_id=user_id, client_id=client_id, cause=cause)
        )


def _cause(user: User | None, proof: Proof) -> str:
    if user is None:
        return "unknown_user"
    return "disabled" if proof.correct and not user.active else "wrong_password"


def _over(uow: UnitOfWork, cause: str, session: SignIn | None = None) -> SignInOver:
    if session is None:
        tell_refusal(uow, cause)
    else:
        tell_refusal(uow, cause, user_id=session.user_id, sign_in_id=session.id)
    return SignInOver()


async def _begin(uow: UnitOfWork, issuer: Issuer, user: User) -> SignIn:
    now = uow.now()
    begun = SignIn(id=uow.new_id(), user_id=user.id, began_at=now, expires_at=now + issuer.settings.sign_in_longest)
    uow.add(begun)
    await uow.session.flush()  # the token's row refers to it
    return begun


def _successor(issuer: Issuer, token: str, key: str | None) -> str:
    """The token after this one. With a key it follows from both, so that the same question has the same answer."""
    if key is None:
        return new_secret()
    return in_letters(issuer.vault.fingerprint(f"{token} {key}", purpose=SUCCESSOR))


async def _given_before(uow: UnitOfWork, issuer: Issuer, kept: RefreshToken, next_token: str) -> RefreshToken | None:
    """What this very renewal has handed out a moment ago and nobody has used; the session's lock is held."""
    if kept.used_at is None or uow.now() - kept.used_at > issuer.settings.renewal_repeatable_for:
        return None
    given = await uow.find(RefreshToken, issuer.vault.fingerprint(next_token, purpose=REFRESH))
    return given if given is not None and given.used_at is None else None


def _hand_out(uow: UnitOfWork, issuer: Issuer, session: SignIn, token: str) -> RefreshToken:
    now = uow.now()
    expires_at = min(now + issuer.settings.refresh_token_lifetime, session.expires_at)
    digest = issuer.vault.fingerprint(token, purpose=REFRESH)
    given = RefreshToken(digest=digest, sign_in_id=session.id, issued_at=now, expires_at=expires_at)
    uow.add(given)
    return given


async def _with_access(uow: UnitOfWork, issuer: Issuer, user: User, given: RefreshToken, token: str) -> Issued:
    access = await issuer.access_token(uow, subject=user.id, roles=user.roles, sign_in_id=given.sign_in_id)
    return Issued(access, issuer.settings.access_token_lifetime, token, given.expires_at - uow.now())
