"""Bodies between the wire and plain JSON: both request forms, and every way a reply or an error may travel."""

import json
from typing import Any

from infra.tpg_simulator.cipher import PayloadCipher, Undecryptable
from infra.tpg_simulator.envelope import Envelope, Family
from infra.tpg_simulator.operation import Operation
from infra.tpg_simulator.refusals import Refusal
from infra.tpg_simulator.switches import ErrorForm, Switches


def undecryptable(switches: Switches) -> Refusal:
    if switches.crypto_bad_body == 500:  # noqa: PLR2004  # the switch is an HTTP status
        return Refusal(500, "Middleware error", at_the_door=True)
    return Refusal(400, "Unable to perform decryption due invalid request", at_the_door=True)


def open_body(raw: bytes, operation: Operation, cipher: PayloadCipher, switches: Switches) -> Any:
    """Read a request body: decrypted where the operation says so, else plain JSON or nothing."""
    if not operation.encrypted_request:
        return _plain(raw)
    text = raw.decode("latin-1").strip()
    form = "quoted" if text.startswith('"') else "bare"
    if switches.crypto_request_form not in {form, "both"}:
        raise undecryptable(switches)
    try:
        body = cipher.decrypt_json(json.loads(text) if form == "quoted" else text)
        _must_be_text(body)
    except (Undecryptable, ValueError, RecursionError):
        raise undecryptable(switches) from None
    return body


def _plain(raw: bytes) -> Any:
    if not raw.strip():
        return None
    try:
        body = json.loads(raw)
        _must_be_text(body)
    except (ValueError, RecursionError):
        raise Refusal(400, at_the_door=True) from None
    return body


def _must_be_text(body: Any) -> None:
    """Raise ValueError on half characters (lone surrogates), which JSON can escape and nobody can write again."""
    _text(body).encode()


def seal_reply(envelope: Envelope, operation: Operation, cipher: PayloadCipher, switches: Switches) -> bytes:
    """Write a success in the form of its operation."""
    text = _text(envelope)
    if operation.encrypted_reply and not switches.crypto_plain_reply:
        return _sealed(text, cipher, switches)
    return text.encode()


def seal_error(envelope: Envelope, operation: Operation, cipher: PayloadCipher, switches: Switches) -> bytes:
    """Write a refusal of an operation: only encrypted operations have a form to choose."""
    form: ErrorForm = switches.crypto_error_form_courses
    if operation.family is Family.TPG:
        form = switches.crypto_error_form_tpg
    if not operation.encrypted or switches.crypto_plain_reply or form == "plain":
        return _text(envelope).encode()
    if form == "cipher":
        return _sealed(_text(envelope), cipher, switches)
    error = cipher.encrypt(_text(envelope["error"]))
    # Seen in the wild: a JSON writer that escapes "=" inside the base64.
    return _text({**envelope, "error": error}).replace("=", "\\u003d").encode()


def plain_error(envelope: Envelope) -> bytes:
    return _text(envelope).encode()


def _sealed(text: str, cipher: PayloadCipher, switches: Switches) -> bytes:
    sealed = cipher.encrypt(text)
    return (json.dumps(sealed) if switches.crypto_reply_quoted else sealed).encode()


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
