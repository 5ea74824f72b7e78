from collections.abc import Callable
from pathlib import Path

import pytest

from infra.containers import compose, files
from infra.containers.compose import Composed
from infra.local.layout import Layout
from infra.local.secrets import read_or_make
from libs.chassis.settings import GENERATED_MARK

Spoil = Callable[[Composed], object]
SPOILS: list[tuple[Spoil, str]] = [
    (lambda api: api.update(helthcheck={}), "helthcheck"),
    (lambda api: api.update(networks=["nowhere"]), "nowhere"),
    (lambda api: api.update(image="hawker-boys/tms:latest"), "is no version"),
    (lambda api: api.update(image="hawker-boys/tms"), "is no version"),
    (lambda api: api.pop("read_only"), "course-api: can write to its root"),
    (lambda api: api.pop("cap_drop"), "may gain rights"),
    (lambda api: api.update(security_opt=[]), "may gain rights"),
    (lambda api: api.pop("mem_limit"), "no limit of memory"),
    (lambda api: api.update(user="0:0"), "may run as root"),
    (lambda api: api.pop("healthcheck"), "nobody checks whether"),
    (lambda api: api.update(depends_on=["nobody"]), "waits for nobody"),
    (lambda api: api.update(depends_on={"jaeger": {"condition": "service_healthy"}}), "which nobody checks"),
    (lambda api: api.update(volumes=["nothing:/x"]), "keeps data in nothing"),
    (lambda api: api.update(ports=["8101:8080"]), "can be reached from other machines"),
]


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Layout:
    """A layout whose files are this test's alone."""
    monkeypatch.setattr(Layout, "run", property(lambda _: tmp_path / "run"))
    return Layout()


def test_the_file_keeps_the_specification_and_our_rules() -> None:
    assert compose.mistakes(compose.read()) == []


@pytest.mark.parametrize(("spoil", "expected"), SPOILS)
def test_a_spoilt_file_is_found(spoil: Spoil, expected: str) -> None:
    composed = compose.read()
    spoil(composed["services"]["course-api"])
    found = compose.mistakes(composed)
    assert any(expected in mistake for mistake in found), found


def test_every_file_it_reads_is_written_for_its_owner_alone(layout: Layout) -> None:
    folder = files.write(layout, read_or_make(layout.secrets, layout.services()))
    assert folder.stat().st_mode & 0o777 == 0o700
    written = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert written.pop("definitions.json") == 0o644  # hashes, read by the broker's own user
    assert set(written) - {"compose.env"} == compose.environment_files(compose.read())
    assert set(written.values()) == {0o600}


def test_no_program_is_told_what_another_alone_may_know(layout: Layout) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    folder = files.write(layout, secrets)
    told = {path.stem: path.read_text() for path in folder.glob("*.env")}
    for service, own in secrets.services.items():
        for secret in (own.database_password, own.amqp_password, own.encryption_key, own.blind_index_key):
            assert [name for name, text in told.items() if secret in text] == [service.replace("_", "-")]
    assert GENERATED_MARK not in (folder / "definitions.json").read_text()


def test_without_telemetry_no_program_is_told_of_a_collector(layout: Layout) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    for telemetry in (True, False):
        folder = files.write(layout, secrets, telemetry=telemetry)
        assert ("otel-collector" in (folder / "course.env").read_text()) is telemetry


def test_a_value_that_would_be_read_otherwise_is_refused() -> None:
    with pytest.raises(files.Unquotable, match="NAME"):
        files.lines({"NAME": "it's"})
