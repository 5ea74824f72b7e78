"""Every metric that somebody tells, so that no alarm and no panel hangs on one that nobody does."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY

ROOT: Final = Path(__file__).parents[2]
SUFFIXES: Final = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
    "summary": ("_count", "_sum"),
}

BROKER: Final = frozenset(
    {
        "rabbitmq_identity_info",
        "rabbitmq_alarms_memory_used_watermark",
        "rabbitmq_alarms_free_disk_space_watermark",
        "rabbitmq_alarms_file_descriptor_limit",
        "rabbitmq_disk_space_available_bytes",
        "rabbitmq_process_resident_memory_bytes",
        "rabbitmq_resident_memory_limit_bytes",
        "rabbitmq_global_messages_unroutable_returned_total",
        "rabbitmq_detailed_queue_messages",
        "rabbitmq_detailed_queue_messages_ready",
        "rabbitmq_detailed_queue_messages_unacked",
        "rabbitmq_detailed_queue_consumers",
    }
)
"""What we use of RabbitMQ's own; a test asks a real node for each."""
PROMETHEUS: Final = frozenset({"up", "ALERTS"})


def own() -> frozenset[str]:
    """The series our processes tell, by the names Prometheus knows them under."""
    for module in _modules_that_tell():
        import_module(module)
    return frozenset(name for family in REGISTRY.collect() for name in _series(family.name, family.type))


def everything() -> frozenset[str]:
    """Ours, the broker's, and Prometheus' own."""
    return own() | BROKER | PROMETHEUS


def _series(name: str, kind: str) -> Iterator[str]:
    for suffix in SUFFIXES.get(kind, ("",)):
        yield f"{name}{suffix}"


def _modules_that_tell() -> Iterable[str]:
    for room in ("libs", "services", "gateway"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "tests" not in path.parts and "from prometheus_client import" in path.read_text(encoding="utf-8"):
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


_WORD: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_NOT_NAMES: Final = re.compile(
    r"\{[^}]*\}|\"[^\"]*\"|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
)
_CALL: Final = re.compile(r"[a-zA-Z_]\w*\s*(?=\()")
_OPERATORS: Final = frozenset({"and", "or", "unless", "bool", "offset", "by", "on", "inf", "nan"})


def names_in(expression: str) -> frozenset[str]:
    """The metrics a PromQL expression reads, loosely: every word that is no function, label, number or operator."""
    rest = _CALL.sub(" ", _NOT_NAMES.sub(" ", expression))
    words = (word for word in _WORD.findall(re.sub(r"\b\d\w*(?:\.\d+)?", " ", rest)) if word.lower() not in _OPERATORS)
    return frozenset(words)
