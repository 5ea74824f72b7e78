"""Copies of calls that people may see: structure, codes, references, dates and states, and nothing of anybody."""

from libs.tpgateway.redacting.copying import CUT, LARGEST, UNKNOWN, reply_copy, request_copy
from libs.tpgateway.redacting.shapes import MASK

__all__ = ["CUT", "LARGEST", "MASK", "UNKNOWN", "reply_copy", "request_copy"]
