"""One simulated gateway: what it was told, what it accepted, and what time it believes it is."""

import base64
import secrets
from collections.abc import Callable

from infra.tpg_simulator import codes
from infra.tpg_simulator.cipher import KEY_BYTES, PayloadCipher, read_key
from infra.tpg_simulator.clock import ClockSetting, MovableClock
from infra.tpg_simulator.faults import FaultPlan
from infra.tpg_simulator.journal import Journal
from infra.tpg_simulator.records import Json
from infra.tpg_simulator.seed import ProfileTrainer, Provider, Seed
from infra.tpg_simulator.shelf import Shelf
from infra.tpg_simulator.store import Store
from infra.tpg_simulator.switches import Switches
from infra.tpg_simulator.tokens import Tokens


class World:
    """Holds all state. Missing secrets are made once and kept with the state, so that a restart keeps them."""

    def __init__(self, seed: Seed, *, shelf: Shelf | None = None, encryption_key: str | None = None) -> None:
        self.seed = seed
        self.store = Store(seed.first_run_id, shelf)
        self.clock = MovableClock(ClockSetting.model_validate(self.store.settings.get("clock", {})))
        self.switches = Switches().changed(seed.switches | self.store.settings.get("switches", {}))
        given_key = encryption_key or seed.encryption_key
        self.key_was_given = given_key is not None
        self.encryption_key = given_key or self._made("encryption_key", new_key)
        self.client_secrets = {
            client.client_id: client.client_secret or self._made(f"secret of {client.client_id}", secrets.token_urlsafe)
            for client in seed.oauth_clients
        }
        self.tokens = Tokens(self.clock)
        self.faults = FaultPlan()
        self.journal = Journal()
        self._ciphers = {
            provider.uen: PayloadCipher(read_key(provider.encryption_key or self.encryption_key))
            for provider in seed.providers
        }
        self._seeded_trainers = {
            (provider.uen, trainer.id_number.upper()): as_wire_trainer(trainer)
            for provider in seed.providers
            for trainer in provider.trainers
        }

    def _made(self, name: str, make: Callable[[], str]) -> str:
        if name not in self.store.settings:
            self.store.keep_setting(name, make())
        return str(self.store.settings[name])

    def cipher_of(self, uen: str) -> PayloadCipher:
        return self._ciphers[uen]

    def acting_by_default(self) -> Provider:
        return self.seed.provider(self.switches.identity_default_provider or self.seed.acting_by_default)

    def set_switches(self, changes: Json) -> Switches:
        """Change some switches by dotted name and keep that; ValidationError leaves everything as it was."""
        switches = self.switches.changed(changes)
        if switches.identity_default_provider is not None:
            self._must_know(switches.identity_default_provider)
        self.store.keep_setting("switches", self.store.settings.get("switches", {}) | changes)
        self.switches = switches
        return switches

    def _must_know(self, uen: str) -> None:
        if uen not in self._ciphers:
            raise ValueError(f"no provider is listed with UEN {uen}")

    def reset_switches(self) -> Switches:
        self.store.keep_setting("switches", {})
        self.switches = Switches().changed(self.seed.switches)
        return self.switches

    def keep_clock(self, setting: ClockSetting) -> None:
        self.store.keep_setting("clock", setting.model_dump(mode="json"))

    def find_profile_trainer(self, uen: str, id_number: str) -> Json | None:
        key = (uen, id_number.strip().upper())
        return self.store.trainers.get(key) or self._seeded_trainers.get(key)


def new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def as_wire_trainer(trainer: ProfileTrainer) -> Json:
    """A profile entry in the words of a publish request."""
    return {
        "idNumber": trainer.id_number,
        "idType": {"code": trainer.id_type, "description": codes.ID_TYPES.get(trainer.id_type, "")},
        "name": trainer.name,
        "email": trainer.email,
        "roles": [{"role": {"id": role, "description": codes.ROLES[role]}} for role in trainer.roles],
        "inTrainingProviderProfile": True,
        "domainAreaOfPractice": trainer.domain_area,
        "salutationId": trainer.salutation_id,
    }
