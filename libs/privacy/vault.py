"""Personal data at rest: sealed with AES-256-GCM, looked up by a keyed blind index, never kept plain.

A sealed value carries the id of the key that sealed it, so keys rotate without touching what is stored. Purpose and
subject are authenticated with it: a value copied to another row or field does not open.

What is about one person is sealed with that person's own key instead, and names the person: `libs.privacy.personal`
keeps those keys, themselves sealed here, so that one of them can be destroyed and everything it sealed with it.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from libs.errors import Gone

KEY_BYTES = 32
NONCE_BYTES = 12
UUID_BYTES = 16
FORMAT = 1
OWN_KEY_FORMAT = 2
"""Sealed with the key of one owner (a person, a file), whose id follows the format's byte."""
DATA_KEY = "data-key"
"""What a sealed data key is for; its owner is what it is bound to."""


class VaultNotConfigured(RuntimeError):
    """The service keeps personal data but was given no keys."""

    def __init__(self) -> None:
        super().__init__("no encryption keys: set TMS_ENCRYPTION_KEYS and TMS_BLIND_INDEX_KEY")


class Unsealable(ValueError):
    """The sealed value is damaged, was moved from elsewhere, or its key is not on the ring."""


class Erased(Gone):
    """The key this was sealed with is destroyed, or the value itself is: nobody reads it again, for ever."""

    code = "erased"

    def __init__(self, owner: UUID) -> None:
        super().__init__(f"What was kept of {owner} has been erased.")
        self.owner = owner


@dataclass(frozen=True, slots=True)
class DataKey:
    """The key of one owner, in clear for as long as one unit of work needs it."""

    owner: UUID
    key: bytes = field(repr=False)

    def seal(self, plain: str, *, purpose: str, subject: UUID, nonce: bytes) -> bytes:
        sealed = AESGCM(self.key).encrypt(nonce, plain.encode(), _bound(purpose, subject))
        return bytes([OWN_KEY_FORMAT]) + self.owner.bytes + nonce + sealed

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        """Raises Unsealable for anything but what this key sealed for this purpose and subject."""
        start = 1 + UUID_BYTES
        return _decrypt(self.key, sealed[start:], purpose, subject)


def owner_of(sealed: bytes) -> UUID | None:
    """Whose own key a value was sealed with; None when it was the keyring."""
    if len(sealed) <= UUID_BYTES or sealed[0] != OWN_KEY_FORMAT:
        return None
    return UUID(bytes=bytes(sealed[1 : 1 + UUID_BYTES]))


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by id; the first seals, all open."""

    keys: dict[str, bytes]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `id:base64,id:base64`, newest first; each key is 32 bytes."""
        keys: dict[str, bytes] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            key_id, _, encoded = part.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError:
                key = b""
            if not key_id or len(key_id) > 255 or len(key) != KEY_BYTES:  # noqa: PLR2004 - the id's length is one byte
                message = "an encryption key must read id:base64 of 32 bytes"
                raise ValueError(message)
            keys[key_id] = key
        return cls(keys)

    @property
    def sealing(self) -> tuple[str, bytes]:
        return next(iter(self.keys.items()))


class Vault:
    """Seals and opens short texts, and makes blind indexes."""

    def __init__(self, keyring: Keyring, index_key: bytes, *, nonce: Callable[[int], bytes] = os.urandom) -> None:
        self._keyring = keyring
        self._index_key = index_key
        self._nonce = nonce

    @classmethod
    def from_settings(cls, encryption_keys: SecretStr, blind_index_key: SecretStr) -> Self:
        """A vault from the environment's keys; without keys, one that raises VaultNotConfigured at first use."""
        index_key = base64.b64decode(blind_index_key.get_secret_value(), validate=True)
        if index_key and len(index_key) != KEY_BYTES:
            message = "the blind index key must be base64 of 32 bytes"
            raise ValueError(message)
        return cls(Keyring.parse(encryption_keys.get_secret_value()), index_key)

    def seal(self, plain: str, *, purpose: str, subject: UUID) -> bytes:
        """Encrypt for one purpose and subject; equal texts seal differently each time."""
        if not self._keyring.keys:
            raise VaultNotConfigured
        nonce = self._nonce(NONCE_BYTES)
        sealed = AESGCM(self._keyring.sealing[1]).encrypt(nonce, plain.encode(), _bound(purpose, subject))
        return self.sealing_prefix + nonce + sealed

    def open(self, sealed: bytes, *, purpose: str, subject: UUID) -> str:
        """Decrypt; raises Unsealable for anything but what `seal` made for this purpose and subject."""
        if not self._keyring.keys:
            raise VaultNotConfigured
        if len(sealed) < 2 or sealed[0] != FORMAT:  # noqa: PLR2004 - the two leading bytes
            raise Unsealable("not a sealed value")
        start = 2 + sealed[1]
        key = self._keyring.keys.get(sealed[2:start].decode(errors="replace"))
        if key is None:
            raise Unsealable("the key that sealed it is not on the ring")
        return _decrypt(key, sealed[start:], purpose, subject)

    def nonce(self) -> bytes:
        return self._nonce(NONCE_BYTES)

    def new_data_key(self, owner: UUID) -> DataKey:
        """A fresh key for one owner; `wrap` makes it fit to be stored."""
        return DataKey(owner, self._nonce(KEY_BYTES))

    def wrap(self, key: DataKey) -> bytes:
        """The key sealed by the keyring: destroy every copy of this, and what it sealed is gone."""
        return self.seal(base64.b64encode(key.key).decode(), purpose=DATA_KEY, subject=key.owner)

    def unwrap(self, wrapped: bytes, owner: UUID) -> DataKey:
        """Raises Unsealable when it is another owner's, or its key is not on the ring."""
        return DataKey(owner, base64.b64decode(self.open(wrapped, purpose=DATA_KEY, subject=owner)))

    @property
    def sealing_prefix(self) -> bytes:
        """How everything begins that the newest key of the ring sealed."""
        if not self._keyring.keys:
            raise VaultNotConfigured
        name = self._keyring.sealing[0].encode()
        return bytes([FORMAT, len(name)]) + name

    def blind_index(self, value: str, *, purpose: str) -> bytes:
        """A keyed digest for exact lookup: the same for any spelling that differs only in case and outer spaces."""
        return self.fingerprint(value.strip().casefold(), purpose=purpose)

    def fingerprint(self, secret: str, *, purpose: str) -> bytes:
        """A keyed digest of a random secret (a token, a client's), letter for letter: all that is kept of it.

        Not for passwords: it is fast, so only what cannot be guessed is safe behind it.
        """
        if not self._index_key:
            raise VaultNotConfigured
        return hmac.new(self._index_key, purpose.encode() + b"\x00" + secret.encode(), hashlib.sha256).digest()


def _decrypt(key: bytes, sealed: bytes, purpose: str, subject: UUID) -> str:
    nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, body, _bound(purpose, subject)).decode()
    except (InvalidTag, ValueError):
        raise Unsealable("damaged, or sealed for another purpose or subject") from None


def _bound(purpose: str, subject: UUID) -> bytes:
    return purpose.encode() + b"\x00" + subject.bytes
