"""From a reply's data to a typed record; what has another shape proves nothing."""

from typing import Any, TypeVar

from pydantic import ValidationError

from libs.tpgateway.envelope import Reply, UnreadableReply
from libs.tpgateway.wire import Seen, path_of

_View = TypeVar("_View", bound=Seen)
_WHOLE: Any = object()


def read_data(shape: type[_View], reply: Reply, data: Any = _WHOLE) -> _View:
    """The reply's data, or what stands for it, in this shape.

    Raises UnreadableReply, which names the places that do not fit, never what stands there.
    """
    if not reply.ok:
        raise UnreadableReply(reply.http_status, "it is a refusal")
    try:
        return shape.model_validate(reply.data if data is _WHOLE else data)
    except ValidationError as error:
        places = ", ".join(path_of(problem["loc"]) or "data" for problem in error.errors(include_input=False))
    raise UnreadableReply(reply.http_status, f"unexpected shape at {places}")
