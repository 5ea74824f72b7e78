"""Reading replies: the envelope `{data, error, meta, status}` in every form it is known to come in.

Encrypted (bare or quoted), plain where encryption was expected, error part encrypted alone, status as number or text,
an error status inside HTTP 200, no body at all: each becomes one `Reply`. What cannot be read is `UnreadableReply`,
whose text names the trouble and never the body.
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from libs.tpgateway.encryption import PayloadCipher, Undecryptable

_LONGEST_SENTENCE: Final = 500


class UnreadableReply(Exception):
    """The reply is not in any known form. `http_status` still tells how the call ended."""

    def __init__(self, http_status: int, trouble: str) -> None:
        super().__init__(f"TPGateway's reply (HTTP {http_status}) cannot be read: {trouble}")
        self.http_status = http_status
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Detail:
    """One reason; `message` is TPGateway's own text and may repeat what we sent."""

    field: str
    message: str = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class ReplyError:
    """Why the answer is no. `code` is empty in the tpg family, which keeps its codes inside the messages."""

    code: str = ""
    message: str = dataclasses.field(default="", repr=False)
    details: tuple[Detail, ...] = ()
    error_id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `status` is the worse of the HTTP status and the one inside; `data` may hold personal data."""

    http_status: int
    status: int
    data: Any = dataclasses.field(default=None, repr=False)
    meta: Mapping[str, Any] = dataclasses.field(default_factory=dict, repr=False)
    error: ReplyError | None = None

    @property
    def ok(self) -> bool:
        return self.status < HTTPStatus.BAD_REQUEST

    @property
    def says_none(self) -> bool:
        """Lists answer 404 when they are empty."""
        return self.status == HTTPStatus.NOT_FOUND

    @property
    def total(self) -> int | None:
        """How many entries a list has over all its pages, if it tells."""
        return _whole(self.meta.get("total", self.meta.get("totalRecords")))


def read_reply(content: bytes, *, http_status: int, cipher: PayloadCipher | None = None) -> Reply:
    """The reply in one shape, whichever form it came in. Raises UnreadableReply.

    `cipher` is needed only where the body, or its error part, is encrypted.
    """
    text = content.decode("utf-8", "replace").strip()
    failed = http_status >= HTTPStatus.BAD_REQUEST
    if not text:
        return Reply(http_status, http_status, data={}, error=ReplyError() if failed else None)
    try:
        envelope = _envelope(text, http_status, cipher)
    except UnreadableReply:
        if not failed or not _is_sentence(text):
            raise
        return Reply(http_status, http_status, data={}, error=ReplyError(message=text))
    return _reply(envelope, http_status, cipher)


def _envelope(text: str, http_status: int, cipher: PayloadCipher | None) -> Mapping[str, Any]:
    plain = text if text[0] in "{[" else _decrypted(text, http_status, cipher)
    try:
        envelope = json.loads(plain)
    except ValueError:
        raise UnreadableReply(http_status, "it is no JSON") from None
    if not isinstance(envelope, Mapping):
        raise UnreadableReply(http_status, "it is no JSON object")
    return envelope


def _decrypted(text: str, http_status: int, cipher: PayloadCipher | None) -> str:
    if cipher is None:
        raise UnreadableReply(http_status, "it is encrypted and no key is at hand")
    try:
        return cipher.decrypt(text)
    except Undecryptable:
        raise UnreadableReply(http_status, "it cannot be decrypted with our key") from None


def _is_sentence(text: str) -> bool:
    """A short plain text such as a proxy's or the middleware's; no page, no ciphertext."""
    return len(text) <= _LONGEST_SENTENCE and " " in text and text.isprintable() and text[0] not in "<{["


def _reply(envelope: Mapping[str, Any], http_status: int, cipher: PayloadCipher | None) -> Reply:
    error = _error(envelope.get("error"), cipher)
    inside = [_whole(envelope.get("status")), _whole(error.code)]
    # A code or status below 400 never turns a failure into a success.
    status = max([http_status, *(number for number in inside if number and http_status < HTTPStatus.BAD_REQUEST)])
    meta = envelope.get("meta")
    return Reply(
        http_status,
        status,
        data=envelope.get("data"),
        meta=meta if isinstance(meta, Mapping) else {},
        error=error if status >= HTTPStatus.BAD_REQUEST else None,
    )


def _error(error: Any, cipher: PayloadCipher | None) -> ReplyError:
    """The error part, also when it alone is ciphertext (with `=` sometimes left escaped)."""
    if isinstance(error, str):
        error = _opened(error.replace("\\u003d", "="), cipher)
    if not isinstance(error, Mapping):
        return ReplyError()
    details = error.get("details")
    return ReplyError(
        code=_text(error.get("code")),
        message=_text(error.get("message")),
        details=tuple(_detail(one) for one in details) if isinstance(details, list) else (),
        error_id=_text(error.get("errorId")),
    )


def _opened(text: str, cipher: PayloadCipher | None) -> Any:
    try:
        return json.loads(cipher.decrypt(text)) if cipher else {"message": text if _is_sentence(text) else ""}
    except (Undecryptable, ValueError):
        return {"message": text} if text and _is_sentence(text) else {}


def _detail(detail: Any) -> Detail:
    if isinstance(detail, Mapping):
        return Detail(_text(detail.get("field")), _text(detail.get("message")))
    return Detail("", _text(detail))


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _whole(value: Any) -> int | None:
    """A number told as a number or as text."""
    try:
        return None if value is None or isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None
