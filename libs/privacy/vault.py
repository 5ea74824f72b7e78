"""Personal data at rest: sealed with AES-256-GCM, looked up by a keyed blind index, never kept plain.

A sealed value carries the id of the key that sealed it, so keys rotate without touching what is stored. Purpose and
subject are authenticated with it: a value copied to another row or field does not open.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1


class VaultNotConfigured(RuntimeError):
    """The service keeps personal data but was given no keys."""

    def __init__(self) -> None:
        super().__init__("no encryption keys: set TMS_ENCRYPTION_KEYS and TMS_BLIND_INDEX_KEY")


class Unsealable(ValueError):
    """The sealed value is damaged, was moved from elsewhere, or its key is not on the ring."""


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
        key_id, key = self._keyring.sealing
        nonce = self._nonce(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, plain.encode(), _bound(purpose, subject))
        name = key_id.encode()
        return bytes([FORMAT, len(name)]) + name + nonce + sealed

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
        nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, body, _bound(purpose, subject)).decode()
        except (InvalidTag, ValueError):
            raise Unsealable("damaged, or sealed for another purpose or subject") from None

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


def _bound(purpose: str, subject: UUID) -> bytes:
    return purpose.encode() + b"\x00" + subject.bytes
