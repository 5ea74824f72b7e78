"""Numbers of entries and sizes of trees, as requests give them."""

from typing import Annotated

from pydantic import Field

Seq = Annotated[int, Field(ge=1, lt=2**63)]
"""The number of an entry: 1 is the first."""
Size = Annotated[int, Field(ge=1, lt=2**63)]
"""How many entries a tree covers; also what names a checkpoint."""
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest in lower-case hex."""
