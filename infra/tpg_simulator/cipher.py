"""The gateway's payload encryption: AES-256-CBC, PKCS#7, one fixed IV, standard base64 on the wire."""

import base64
import binascii
import json
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_BYTES = 32
BLOCK_BITS = 128
# One IV for everybody: equal bodies give equal ciphertext, and being decryptable proves nothing about a sender.
INITIAL_VECTOR = b"SSGAPIInitVector"


class Undecryptable(Exception):
    """The text is not base64, not of this key, or not JSON inside."""


def read_key(text: str) -> bytes:
    """Turn the base64 text a developer portal shows into 32 key bytes; ValueError when it is not exactly that."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("the encryption key is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"the encryption key has {len(key)} bytes instead of {KEY_BYTES}")
    return key


class PayloadCipher:
    """Encrypts and decrypts whole payloads with one provider's key."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.AES(key)

    def encrypt(self, text: str) -> str:
        padder = PKCS7(BLOCK_BITS).padder()
        padded = padder.update(text.encode()) + padder.finalize()
        encryptor = Cipher(self._algorithm, modes.CBC(INITIAL_VECTOR)).encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def decrypt(self, text: str) -> str:
        try:
            sealed = base64.b64decode(text, validate=True)
            decryptor = Cipher(self._algorithm, modes.CBC(INITIAL_VECTOR)).decryptor()
            padded = decryptor.update(sealed) + decryptor.finalize()
            unpadder = PKCS7(BLOCK_BITS).unpadder()
            return (unpadder.update(padded) + unpadder.finalize()).decode()
        except ValueError as mismatch:  # binascii.Error and UnicodeDecodeError are ValueErrors too
            raise Undecryptable from mismatch

    def decrypt_json(self, text: str) -> Any:
        try:
            return json.loads(self.decrypt(text))
        except json.JSONDecodeError as mismatch:
            raise Undecryptable from mismatch
