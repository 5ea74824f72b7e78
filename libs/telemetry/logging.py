"""One JSON line on stdout for each thing worth knowing, with its lineage, and nothing that must stay private."""

import json
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace

from libs.telemetry.context import find_current
from libs.telemetry.redaction import MASK, names_secret, redact, redact_value

EventDict = MutableMapping[str, Any]

# What drivers and validators add to their messages: rows, parameters and inputs, that is, other people's data.
_VALUES_IN_ERRORS = re.compile(
    r"^(?:DETAIL|CONTEXT|HINT):.*$|\[parameters: .*?\](?=\n|$)|input_value=.*?(?=, input_type)",
    re.MULTILINE | re.DOTALL,
)
_DETAIL_LINE = re.compile(r"^.*\b(?:DETAIL|CONTEXT):.*$", re.MULTILINE)
_QUIET = {"uvicorn.access": logging.CRITICAL, "httpx": logging.WARNING, "aiormq": logging.WARNING}


def configure_logging(service: str, *, level: str = "INFO") -> None:
    """Send structlog and the standard library's logging through one pipe to stdout. Safe to repeat."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _Service(service),
        add_lineage,
        render_exception,
        hide_private,
    ]
    structlog.configure(
        processors=[*shared, render_json],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_StdoutFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _StdoutHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *shared, render_json],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name, quiet_level in _QUIET.items():
        logging.getLogger(name).setLevel(max(number, quiet_level))


class _Stdout:
    """Writes to whatever stdout is now, so that tests and redirections see it."""

    def msg(self, message: str) -> None:
        sys.stdout.write(message + "\n")
        sys.stdout.flush()

    log = debug = info = warning = warn = error = exception = critical = fatal = failure = err = msg


class _StdoutHandler(logging.Handler):
    """The same way out for the standard library's loggers."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            _Stdout().msg(self.format(record))
        except Exception:  # noqa: BLE001 - a line that cannot be written must not stop the work it tells about
            self.handleError(record)


class _StdoutFactory:
    def __call__(self, *_: Any) -> _Stdout:
        return _Stdout()


class _Service:
    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _: Any, __: str, event: EventDict) -> EventDict:
        event.setdefault("service", self._service)
        return event


def add_lineage(_: Any, __: str, event: EventDict) -> EventDict:
    """Correlation, causation and actor of the current context, and the current trace."""
    context = find_current()
    if context is not None:
        event.setdefault("correlation_id", str(context.correlation_id))
        event.setdefault("actor_id", context.actor_id)
        if context.causation_id is not None:
            event.setdefault("causation_id", str(context.causation_id))
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event.setdefault("trace_id", f"{span.trace_id:032x}")
        event.setdefault("span_id", f"{span.span_id:016x}")
    return event


def render_exception(_: Any, __: str, event: EventDict) -> EventDict:
    """A traceback without local variables, and without the values that drivers and validators put in messages."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else (given if isinstance(given, tuple) else sys.exc_info())[1]
    if error is not None:
        event["exception"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """The traceback of an error as text that is safe to keep."""
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    return redact(_DETAIL_LINE.sub(MASK, _VALUES_IN_ERRORS.sub(MASK, text)))


def hide_private(_: Any, __: str, event: EventDict) -> EventDict:
    """Mask what looks like personal data or a secret, wherever it stands."""
    for key, value in event.items():
        event[key] = MASK if names_secret(key) else redact_value(value)
    return event


def render_json(_: Any, __: str, event: EventDict) -> str:
    return json.dumps(event, default=str, ensure_ascii=False, separators=(",", ":"))
