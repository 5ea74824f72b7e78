"""The parts of the run modes that need no running system."""

import json
import signal
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.console import Console

from gateway.settings import GatewaySettings
from infra.local import environment, leftovers, programs, servers
from infra.local.layout import Layout
from infra.local.reading import LogFile, told
from infra.local.secrets import choose_servers, read_or_make
from infra.local.supervisor import configuration
from libs.chassis.settings import Environment, ServiceSettings


@pytest.fixture
def layout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Layout:
    monkeypatch.setattr("infra.local.layout.ROOT", tmp_path)
    monkeypatch.setattr("libs.servers.account.STAND_INS", tmp_path / "stand-ins")
    for service in ("auth", "course"):
        folder = tmp_path / "services" / service
        folder.mkdir(parents=True)
        (folder / "main.py").touch()
    return Layout(base=1_000)


def test_secrets_are_private_stable_and_marked_as_local(layout: Layout) -> None:
    first = read_or_make(layout.secrets, ["auth"])
    again = read_or_make(layout.secrets, ["auth", "course"])
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
    assert again.services["auth"] == first.services["auth"]
    assert set(again.services) == {"auth", "course"}
    assert all(password.startswith("local-") for password in again.people.values())


def test_production_refuses_to_start_on_a_local_secret(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    for name, value in environment.service(layout, secrets, "course").items():
        monkeypatch.setenv(name, value)
    assert ServiceSettings().environment is Environment.DEVELOPMENT
    monkeypatch.setenv("TMS_ENVIRONMENT", "production")
    with pytest.raises(ValueError, match="production refuses"):
        ServiceSettings()


def test_the_gateway_is_a_client_that_may_only_read_events(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    declared = json.loads(environment.service(layout, secrets, "auth")["TMS_BOOTSTRAP_CLIENTS"])
    own = next(client for client in declared if client["name"] == "gateway")
    told = environment.gateway(layout, secrets)
    assert (told["TMS_CLIENT_ID"], told["TMS_CLIENT_SECRET"]) == (own["id"], own["secret"])
    assert own["scopes"] == ["events:feed"]
    assert read_or_make(layout.secrets, layout.services()).gateway_client_secret == own["secret"]
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TMS_CLOCK_FILE")
    monkeypatch.setenv("TMS_ENVIRONMENT", "production")
    with pytest.raises(ValueError, match="production refuses"):
        GatewaySettings()


def test_a_second_system_shares_no_port_and_no_folder_with_the_first(layout: Layout) -> None:
    other = Layout(base=0)
    assert layout.run != other.run
    assert layout.port("gateway") == 9_080
    assert layout.supervisor_socket != other.supervisor_socket


@pytest.mark.parametrize("told", ["20000", "-1", "many"])
def test_a_base_that_leaves_the_range_of_ports_is_refused(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMS_PORT_BASE", told)
    with pytest.raises(SystemExit, match="from 0 to 9862"):
        Layout.from_environment()


def test_secrets_are_read_whole_while_others_write_them(layout: Layout) -> None:
    """Given many processes that start at once, when one adds secrets, then no other ever reads half a file."""
    read_or_make(layout.secrets, [])
    with ThreadPoolExecutor() as threads:
        made = list(threads.map(lambda n: read_or_make(layout.secrets, [f"s{m}" for m in range(n)]), range(40)))
    assert len({secrets.postgres_password for secrets in made}) == 1
    assert [path.name for path in layout.secrets.parent.iterdir()] == [layout.secrets.name]


def test_unchanged_secrets_are_not_written_again(layout: Layout) -> None:
    read_or_make(layout.secrets, ["auth"])
    before = layout.secrets.stat()
    read_or_make(layout.secrets, ["auth"])
    assert layout.secrets.stat().st_ino == before.st_ino


def test_servers_of_ones_own_are_remembered_until_up_is_told_otherwise(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a start with `DATABASE_URL`, then a later command without it uses the same server, in the one database."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:p%2Fw@db.example:6000/postgres?sslmode=require")
    monkeypatch.delenv("AMQP_URL", raising=False)
    choose_servers(layout.secrets, layout.services())
    monkeypatch.delenv("DATABASE_URL")

    secrets = read_or_make(layout.secrets, layout.services())
    url = environment.database_url(layout, secrets, "course")

    assert (
        url
        == f"postgresql://tms_course:{secrets.services['course'].database_password}@db.example:6000/tms?sslmode=require"
    )
    assert environment.admin_database_url(layout, secrets).endswith("@db.example:6000/tms?sslmode=require")
    assert next(program.name for program in programs.programs(layout, secrets)) == "epmd"
    assert choose_servers(layout.secrets, layout.services()).database_url == ""


def test_a_program_with_other_settings_is_started_anew(layout: Layout) -> None:
    """Given a new service, then the broker is started again with its account, and Postgres is left alone."""
    before = {program.name: program.fingerprint for program in make_programs(layout)}
    folder = layout.run.parent / "services" / "audit"
    folder.mkdir()
    (folder / "main.py").touch()

    after = {program.name: program.fingerprint for program in make_programs(layout)}

    changed = {name for name, value in before.items() if after[name] != value}
    assert "rabbitmq" in changed
    assert changed & {"postgres", "epmd", "simulator"} == set()


def make_programs(layout: Layout) -> list[programs.Program]:
    return programs.programs(layout, read_or_make(layout.secrets, layout.services()))


def test_processes_are_known_by_their_mark_and_bystanders_left_alone(layout: Layout) -> None:
    """
    Given a process of the system that works elsewhere, and a person's `tail` of a log in the run folder,
    when what is left is ended,
    then the first is gone and the second lives.
    """
    log = layout.logs / "course.log"
    log.parent.mkdir(parents=True)
    log.touch()
    with (
        subprocess.Popen(["sleep", "600"], cwd="/", env=dict([layout.mark])) as ours,
        subprocess.Popen(["tail", "-f", str(log)], cwd=log.parent) as theirs,
    ):
        try:
            assert set(leftovers.processes(layout)) == {ours.pid}
            assert leftovers.end(layout) == []
            assert ours.wait(5) == -signal.SIGKILL
            assert theirs.poll() is None
        finally:
            ours.kill()
            theirs.kill()


def test_a_log_is_followed_into_the_file_that_takes_its_place(tmp_path: Path) -> None:
    """Given a log with half a line, when the line ends and the file is rotated, then every line is told once, whole."""
    path = tmp_path / "course.log"
    path.write_text("one\ntw")
    log = LogFile(path)
    assert list(log.new_lines()) == ["one"]
    with path.open("a") as file:
        file.write("o\n")
    path.rename(tmp_path / "course.log.1")
    path.write_text("three\n")
    assert list(log.new_lines()) == ["two", "three"]
    log.close()


def test_no_secret_stands_in_the_supervisors_configuration(layout: Layout) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    text = configuration(layout, programs.programs(layout, secrets))
    known = json.loads(layout.secrets.read_text())
    values = [known["postgres_password"], *known["people"].values(), *known["services"]["auth"].values()]
    assert [value for value in values if value in text] == []
    assert "[program:course]" in text


def test_a_service_may_publish_only_on_its_own_topics_and_read_only_its_own_queues(layout: Layout) -> None:
    secrets = read_or_make(layout.secrets, layout.services())
    account = next(user for user in servers.rabbitmq(layout, secrets).users if user.name == "tms_course")
    assert account.topics is not None
    assert "run" in account.topics
    assert "user" not in account.topics
    assert r"tms\.course\." in account.read
    assert "audit" not in account.read


def test_log_lines_are_told_plainly_and_foreign_ones_kept() -> None:
    console = Console(width=200)
    line = json.dumps({"event": "started", "level": "info", "at": "2026-01-02T03:04:05.678Z", "role": "run"})
    with console.capture() as capture:
        console.print(told("course", line))
        console.print(told("rabbitmq", "Starting broker..."))
    text = capture.get()
    assert "03:04:05.678" in text
    assert "started" in text
    assert "role=run" in text
    assert "Starting broker..." in text
