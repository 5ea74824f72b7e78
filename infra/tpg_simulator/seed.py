"""What the simulator knows from the start: who may call, and which courses exist."""

from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from infra.tpg_simulator.cipher import read_key


class SeedPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProfileTrainer(SeedPart):
    """A trainer in a provider's own list, found by the ID number alone when a run names an Existing trainer."""

    id_number: str
    name: str
    email: str
    id_type: str = "SP"
    roles: tuple[int, ...] = (1,)
    domain_area: str = ""
    salutation_id: int = 1


class Provider(SeedPart):
    uen: str
    code: str
    name: str
    encryption_key: str | None = None
    trainers: tuple[ProfileTrainer, ...] = ()

    @field_validator("encryption_key")
    @classmethod
    def is_a_key(cls, value: str | None) -> str | None:
        if value is not None:
            read_key(value)
        return value


class Course(SeedPart):
    reference: str
    title: str
    provider: str
    external_reference: str | None = None
    expired: bool = False
    renewed_as: str | None = None
    skill_codes: tuple[str, ...] = ()
    support: tuple[dict[str, Any], ...] = ()

    @property
    def external(self) -> str:
        """The reference in session ids; old courses have another one than the reference used elsewhere."""
        return self.external_reference or self.reference


class OAuthClient(SeedPart):
    """A portal app for open reads; without a secret one is made at start and told in the banner."""

    client_id: str
    provider: str
    client_secret: str | None = None


class Certificate(SeedPart):
    """A client certificate (PEM) uploaded by one provider: it decides the acting UEN."""

    file: Path
    provider: str


class Seed(SeedPart):
    providers: tuple[Provider, ...] = Field(min_length=1)
    courses: tuple[Course, ...] = ()
    oauth_clients: tuple[OAuthClient, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    employers: dict[str, str] = Field(default_factory=dict)
    encryption_key: str | None = None
    default_provider: str | None = None
    first_run_id: int = 849900
    switches: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def names_only_known_providers(self) -> Self:
        known = {provider.uen for provider in self.providers}
        named = {course.provider for course in self.courses}
        named |= {client.provider for client in self.oauth_clients}
        named |= {certificate.provider for certificate in self.certificates}
        if self.default_provider is not None:
            named.add(self.default_provider)
        if strangers := sorted(named - known):
            raise ValueError(f"no provider is listed with UEN {', '.join(strangers)}")
        return self

    @property
    def acting_by_default(self) -> str:
        """Whose calls they are over plain HTTP, where no certificate tells."""
        return self.default_provider or self.providers[0].uen

    def provider(self, uen: str) -> Provider:
        return next(provider for provider in self.providers if provider.uen == uen)

    def name_of(self, uen: str) -> str:
        """The registered name of a company: from the list of employers, a provider's own, or one made up."""
        providers = {provider.uen: provider.name for provider in self.providers}
        return self.employers.get(uen) or providers.get(uen) or f"COMPANY {uen} (synthetic)"

    def find_course(self, reference: str) -> Course | None:
        return next((course for course in self.courses if course.reference == reference), None)


def load_seed(path: Path) -> Seed:
    """Read a YAML or JSON seed; certificate paths are relative to it. ValueError says what is wrong with it."""
    seed = Seed.model_validate(yaml.safe_load(path.read_text()))
    certificates = tuple(
        certificate.model_copy(update={"file": path.parent / certificate.file}) for certificate in seed.certificates
    )
    return seed.model_copy(update={"certificates": certificates})
