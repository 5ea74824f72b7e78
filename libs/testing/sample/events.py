"""The facts the sample service tells itself; `behave` says how its handler is to treat each."""

from uuid import UUID

from libs.contracts.event import Event


class SampleTicked(Event, type="sample.ticked", key="sample_id"):
    """A counter went up. `behave`: ok, raise (always), once (fails the first time), exit (kills the process)."""

    sample_id: UUID
    number: int
    behave: str = "ok"


class SampleTickedV2(Event, type="sample.ticked", version=2, key="sample_id"):
    """The same fact in a later shape, for builds that know it."""

    sample_id: UUID
    number: int
    colour: str
