"""One way to write JSON, so that equal values are equal bytes."""

import json
from typing import Any


def canonical(value: Any) -> bytes:
    """Keys in order, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
