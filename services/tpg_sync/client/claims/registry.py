"""Which claims belong to which type of record."""

from collections.abc import Mapping
from typing import Any, Final

from libs.contracts.tpg_sync import RecordType
from services.tpg_sync.client.claims.claim import Claims
from services.tpg_sync.client.claims.run import RunClaims

CLAIMS: Final[Mapping[RecordType, Claims[Any]]] = {RecordType.RUN: RunClaims()}
