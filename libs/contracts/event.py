"""Domain events: facts told to others, declared once, versioned, and frozen."""

from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Change(BaseModel):
    """One changed field of a record. Values stand here only for fields that are not personal."""

    model_config = ConfigDict(frozen=True)

    field: str
    old: JsonValue = None
    new: JsonValue = None


class Event(BaseModel):
    """One fact about one aggregate, named in the past tense; also its audit record.

    A class names its wire type and major version, and the field that holds the aggregate's id:

        class RunPublished(Event, type="run.published", version=1, key="run_id"): ...

    Data holds ids, states, versions and small values; never personal data. Readers ignore fields they do not know.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    version: ClassVar[int]
    minor: ClassVar[int]
    key: ClassVar[str]

    reason: str | None = Field(default=None, max_length=500)
    changes: tuple[Change, ...] = ()

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002 - the wire's own word
        version: int = 1,
        minor: int = 0,
        key: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if type is None or key is None:
            return  # an abstract shape shared by several events
        cls.type, cls.version, cls.minor, cls.key = type, version, minor, key

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Pydantic wants the same keyword arguments accepted here; `__init_subclass__` has used them."""

    @property
    def aggregate_type(self) -> str:
        return self.type.partition(".")[0]

    @property
    def aggregate_id(self) -> UUID:
        value = getattr(self, self.key)
        if not isinstance(value, UUID):
            message = f"{self.type}: the key field {self.key} must be a UUID"
            raise TypeError(message)
        return value

    @classmethod
    def routing_key(cls) -> str:
        return f"{cls.type}.v{cls.version}"

    @classmethod
    def cloud_type(cls) -> str:
        """The CloudEvents `type`: stable on the wire whatever the class is called."""
        return f"sg.tms.{cls.type}.v{cls.version}"

    @classmethod
    def schema_urn(cls) -> str:
        return f"urn:tms:schema:{cls.type}:{cls.version}.{cls.minor}"

    def because(self, reason: str | None) -> Self:
        """The same fact with the reason a person gave for it."""
        return self.model_copy(update={"reason": reason})
