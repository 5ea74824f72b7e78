"""RFC 6749's manners around our own: its words in our problems, and clients that sign in by header."""

import base64
import json
from urllib.parse import unquote_plus

from fastapi import Request, Response

from libs.web.documents import MEDIA_TYPE, refusal_document, refusal_headers, status_of
from services.auth.errors import TokenRefused, WrongClient


def refusal_answer(refusal: TokenRefused) -> Response:
    """Our problem with `error` and `error_description` beside. It is returned, so what the refusal left commits."""
    document = json.loads(refusal_document(refusal))
    document |= {"error": refusal.oauth, "error_description": document["detail"]}
    headers = refusal_headers(refusal)
    if isinstance(refusal, WrongClient):
        headers["WWW-Authenticate"] = "Basic"
    return Response(json.dumps(document), status_of(refusal), headers, MEDIA_TYPE)


def basic_credentials(request: Request) -> tuple[str, str] | None:
    """Client id and secret from an Authorization header of scheme Basic, form-encoded first as RFC 6749 2.3.1 says.

    None without such a header; raises WrongClient for one that cannot be read.
    """
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise WrongClient from None
    client_id, _, secret = plain.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)
