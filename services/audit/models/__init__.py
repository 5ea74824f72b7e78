"""The log, the tree over it, and what is signed about both."""

from services.audit.models.checkpoint import NO_DIGEST, Checkpoint
from services.audit.models.entry import GENESIS, Entry, fault_of, link, sealed_entry, searchable
from services.audit.models.key import PRIVATE_KEY, CheckpointKey, CheckpointSecret, Signer, fault_of_keys, is_signed
from services.audit.models.model import Model
from services.audit.models.node import Node
from services.audit.models.verdict import Fault, Part, Verdict

__all__ = [
    "GENESIS",
    "NO_DIGEST",
    "PRIVATE_KEY",
    "Checkpoint",
    "CheckpointKey",
    "CheckpointSecret",
    "Entry",
    "Fault",
    "Model",
    "Node",
    "Part",
    "Signer",
    "Verdict",
    "fault_of",
    "fault_of_keys",
    "is_signed",
    "link",
    "sealed_entry",
    "searchable",
]
