"""The environment of each process, made from the layout and the secrets: the only way settings reach a program."""

import json
import shlex
import sys
from urllib.parse import urlsplit, urlunsplit

from infra.local.layout import ROOT, Layout, wire_name
from infra.local.secrets import DEMO_PEOPLE, Secrets
from infra.local.servers import DATABASE, VHOST, login, postgres, rabbitmq

PROVIDER_UEN = "197401143C"
"""The synthetic provider of the simulator's example seed."""
CORPPASS_ID = "SYNTHETIC-CORPPASS"
"""The simulator takes any; a real one names a person at the provider."""
SERVICE_SCOPES = ("events:feed", "submissions:read", "messaging:view", "messaging:operate", "runs:view", "courses:view")
OWN_SCOPES = {"tpg_sync": ("enrolments:write", "audit:attest")}
"""What one service alone may do beside that: tpg-sync has enrolments adopted that were made at TPGateway, and has the
audit log's key vouch for the evidence of a run."""
GATEWAY_SCOPES = ("events:feed",)
DEMO_DOMAIN = "demo.example"


def database_url(layout: Layout, secrets: Secrets, service: str) -> str:
    """A service's own login to the one database."""
    password = secrets.services[service].database_password
    if not secrets.database_url:
        return postgres(layout, secrets).url(DATABASE, user=login(service), password=password)
    parts = urlsplit(secrets.database_url)
    return urlunsplit(
        parts._replace(netloc=f"{login(service)}:{password}@{parts.hostname}:{parts.port or 5432}", path=f"/{DATABASE}")
    )


def admin_database_url(layout: Layout, secrets: Secrets) -> str:
    """The administrator's login to the one database."""
    if not secrets.database_url:
        return postgres(layout, secrets).url(DATABASE)
    return urlunsplit(urlsplit(secrets.database_url)._replace(path=f"/{DATABASE}"))


def maintenance_url(layout: Layout, secrets: Secrets) -> str:
    """The administrator's login to a database that stands already, from which the one database is made."""
    return secrets.database_url or postgres(layout, secrets).url("postgres")


def amqp_url(layout: Layout, secrets: Secrets, service: str) -> str:
    return secrets.amqp_url or rabbitmq(layout, secrets).url(login(service), vhost=VHOST)


def peers(layout: Layout) -> str:
    return json.dumps({wire_name(service): f"http://127.0.0.1:{layout.port(service)}" for service in layout.services()})


def common(layout: Layout, program: str) -> dict[str, str]:
    return {
        "PYTHONPATH": str(layout.code_of(program)),
        "PYTHONUNBUFFERED": "1",
        "TMS_ENVIRONMENT": "development",
        "TMS_CLOCK_FILE": str(layout.clock),
        "TMS_PEERS": peers(layout),
        "TMS_AUTH_URL": f"http://127.0.0.1:{layout.port('auth')}",
        "TMS_TELEMETRY_DIR": str(layout.telemetry),
    }


def gateway(layout: Layout, secrets: Secrets) -> dict[str, str]:
    return {
        **common(layout, "gateway"),
        "TMS_PORT": str(layout.port("gateway")),
        "TMS_SUCCESSOR": shlex.join(_launching("gateway")),
        "TMS_CLIENT_ID": secrets.gateway_client_id,
        "TMS_CLIENT_SECRET": secrets.gateway_client_secret,
    }


def _launching(program: str) -> list[str]:
    """What starts a program of this tree, from wherever the one before it ran."""
    return [
        "/usr/bin/env",
        f"--chdir={ROOT}",
        f"PYTHONPATH={ROOT}",
        sys.executable,
        "-m",
        "infra.local.launch",
        program,
    ]


def simulator(secrets: Secrets) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "TPG_SIMULATOR_AES_KEY": secrets.simulator_key}


def service(layout: Layout, secrets: Secrets, name: str) -> dict[str, str]:
    own = secrets.services[name]
    values = {
        **common(layout, name),
        "TMS_PORT": str(layout.port(name)),
        "DATABASE_URL": database_url(layout, secrets, name),
        "AMQP_URL": amqp_url(layout, secrets, name),
        "TMS_CLIENT_ID": own.client_id,
        "TMS_CLIENT_SECRET": own.client_secret,
        "TMS_ENCRYPTION_KEYS": own.keyring,
        "TMS_BLIND_INDEX_KEY": own.blind_index_key,
    }
    if name == "auth":
        values |= {"TMS_BOOTSTRAP_USERS": _people(secrets), "TMS_BOOTSTRAP_CLIENTS": _clients(secrets)}
    if name == "tpg_sync":
        values |= {
            "TMS_TPG_ENVIRONMENT": "simulator",
            "TMS_TPG_BASE_URL": f"http://127.0.0.1:{layout.port('simulator')}",
            "TMS_TPG_UEN": PROVIDER_UEN,
            "TMS_TPG_TP_CODE": f"{PROVIDER_UEN}-01",
            "TMS_TPG_CORPPASS_ID": CORPPASS_ID,
            "TMS_TPG_PROVIDER_TYPE": "public",
            "TMS_TPG_ENCRYPTION_KEY": secrets.simulator_key,
            # The simulator answers at once and has no delay of visibility, so a lost reply is settled sooner.
            "TMS_SYNC_VERIFY_DELAY": "PT2S",
            "TMS_SYNC_LEASE": "PT25S",
        }
    return values | _further(layout)


def _further(layout: Layout) -> dict[str, str]:
    """Settings somebody wrote beside the secrets, for this system alone: they have the last word."""
    told: dict[str, str] = json.loads(layout.settings.read_text()) if layout.settings.exists() else {}
    return told


def email_of(person: str) -> str:
    return f"{person}@{DEMO_DOMAIN}"


def _people(secrets: Secrets) -> str:
    return json.dumps(
        [
            {"email": email_of(person), "name": name, "password": secrets.people[person], "roles": list(roles)}
            for person, name, roles in DEMO_PEOPLE
        ]
    )


def _clients(secrets: Secrets) -> str:
    return json.dumps(
        [
            {
                "id": own.client_id,
                "name": wire_name(name),
                "secret": own.client_secret,
                "scopes": [*SERVICE_SCOPES, *OWN_SCOPES.get(name, ())],
            }
            for name, own in secrets.services.items()
        ]
        + [
            {
                "id": secrets.gateway_client_id,
                "name": "gateway",
                "secret": secrets.gateway_client_secret,
                "scopes": list(GATEWAY_SCOPES),
            }
        ]
    )
