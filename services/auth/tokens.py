"""Makes tokens, keys and secrets. The only room that signs."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ALGORITHM = "EdDSA"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeyPair:
    """An Ed25519 key: the public half as raw bytes, the private one as text for the vault."""

    public: bytes
    private: str = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        key = Ed25519PrivateKey.generate()
        raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        return cls(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), base64.b64encode(raw).decode())


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """Whom an access token speaks for, and for how long."""

    issuer: str
    audience: str
    subject: UUID
    token_id: UUID
    issued_at: datetime
    lifetime: timedelta
    roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    sign_in_id: UUID | None = None

    def document(self) -> dict[str, Any]:
        issued = int(self.issued_at.timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": str(self.subject),
            "iat": issued,
            "exp": issued + int(self.lifetime.total_seconds()),
            "jti": str(self.token_id),
            "typ": "access",
            "roles": list(self.roles),
        }
        if self.scopes:
            claims["scope"] = " ".join(self.scopes)
        if self.sign_in_id is not None:
            claims["sid"] = str(self.sign_in_id)
        return claims


def sign(claims: AccessClaims, *, key_id: UUID, private: str) -> str:
    """An access token, signed with the private half as the vault gave it back."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private))
    return jwt.encode(claims.document(), key, algorithm=ALGORITHM, headers={"kid": str(key_id)})


def public_jwk(key_id: UUID, public: bytes) -> dict[str, str]:
    """One entry of the key set (RFC 8037)."""
    kept = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": str(key_id)}
    return {**kept, "x": in_letters(public)}


def new_secret() -> str:
    """256 random bits in letters that survive forms, headers and cookies: a refresh token or a client's secret."""
    return in_letters(secrets.token_bytes(SECRET_BYTES))


def in_letters(secret: bytes) -> str:
    """Bits of a secret in those letters."""
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
