"""The payload encryption TPGateway prescribes: AES-256-CBC with PKCS#7 and one fixed initialisation vector.

There is no MAC, and equal texts give equal ciphertexts: it hides a body on its way and proves nothing about who sent
it. Trust rests on TLS alone.
"""

import base64
import binascii
from typing import Final, Self

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

_VECTOR: Final = b"SSGAPIInitVector"
_KEY_BYTES: Final = 32


class UnusableKey(ValueError):
    """The configured key is not the base64 of 32 bytes; the message never holds it."""

    def __init__(self) -> None:
        super().__init__("the TPGateway encryption key must be the base64 text of exactly 32 bytes")


class Undecryptable(ValueError):
    """Not ciphertext made with this key; the message never holds the text."""

    def __init__(self) -> None:
        super().__init__("the text cannot be decrypted with this key")


class PayloadCipher:
    """Encrypts and decrypts bodies with one provider's key. Safe to share between tasks."""

    def __init__(self, key: bytes) -> None:
        if len(key) != _KEY_BYTES:
            raise UnusableKey
        self._cipher = Cipher(AES(key), CBC(_VECTOR))

    @classmethod
    def from_text(cls, key: str) -> Self:
        """From the base64 text entered in the developer portal; raises UnusableKey."""
        try:
            return cls(base64.b64decode(key, validate=True))
        except binascii.Error:
            raise UnusableKey from None

    def encrypt(self, text: str) -> str:
        """Base64 without line breaks, as it goes on the wire."""
        padder = PKCS7(AES.block_size).padder()
        padded = padder.update(text.encode()) + padder.finalize()
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def body(self, text: str, *, quoted: bool = True) -> bytes:
        """A request body: the ciphertext as a JSON string (the official form) or bare; both are accepted."""
        sealed = self.encrypt(text)
        return f'"{sealed}"'.encode() if quoted else sealed.encode()

    def decrypt(self, text: str) -> str:
        """The plain text of base64, bare or in double quotes; raises Undecryptable for anything else."""
        bare = text.strip().removeprefix('"').removesuffix('"')
        try:
            decryptor = self._cipher.decryptor()
            padded = decryptor.update(base64.b64decode(bare, validate=True)) + decryptor.finalize()
            unpadder = PKCS7(AES.block_size).unpadder()
            return (unpadder.update(padded) + unpadder.finalize()).decode()
        except ValueError:
            raise Undecryptable from None
