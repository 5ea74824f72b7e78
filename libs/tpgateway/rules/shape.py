"""From a JSON body to a typed request: names and types the contract does not have, told as findings."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.tpgateway.rules.finding import Finding
from libs.tpgateway.wire import Sent, path_of

Request = TypeVar("Request", bound=Sent)


def read(
    shape: type[Request], body: Request | Mapping[str, Any], *, nullable: AbstractSet[str] = frozenset()
) -> tuple[Request | None, list[Finding]]:
    """The request and what is empty in it; no request, and why, when the body has another shape.

    `nullable` are the paths at which TPGateway takes a null.
    """
    if not isinstance(body, Mapping):
        return body, []
    empties = [finding for finding in _empties(body, ()) if finding.field not in nullable]
    try:
        request = shape.model_validate(body)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        return None, [*empties, *(_finding(problem) for problem in problems)]
    return request, [*empties, *_actions_left_out(request, ())]


def _actions_left_out(part: Any, location: tuple[int | str, ...]) -> Iterator[Finding]:
    """A typed request fills in its `action` by itself; a body that leaves it out leaves TPGateway to guess."""
    if isinstance(part, tuple):
        for index, one in enumerate(part):
            yield from _actions_left_out(one, (*location, index))
    if not isinstance(part, Sent):
        return
    for name, field in type(part).model_fields.items():
        if name == "action" and field.default is not None and name not in part.model_fields_set:
            yield Finding(path_of((*location, name)), "required", "The action is missing.", f"Add {field.default}.")
        yield from _actions_left_out(getattr(part, name), (*location, field.alias or name))


def _finding(problem: ErrorDetails) -> Finding:
    path = path_of(problem["loc"])
    match problem["type"]:
        case "missing":
            return Finding(path, "required", "This field is missing.", "Add it.")
        case "extra_forbidden":
            return Finding(path, "unknown_field", "TPGateway's contract has no such field.", "Leave it out.")
        case _:
            wanted = problem["msg"].removeprefix("Value error, ")
            return Finding(path, "wrong_type", f"The value has the wrong shape: {wanted}.", "Send it in that shape.")


def _empties(value: Any, location: tuple[int | str, ...]) -> Iterator[Finding]:
    if value is None or value == {}:
        message = "Nothing is sent as nothing: nulls and empty objects are not taken."
        yield Finding(path_of(location), "empty", message, "Leave the field out.")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _empties(part, (*location, str(name)))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _empties(part, (*location, index))
