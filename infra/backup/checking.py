"""What a restored system is asked once it runs: whether its audit log holds, and how TPGateway differs."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from infra.backup.manifest import Manifest
from infra.demo.client import Api, Refusal
from infra.local.environment import email_of
from infra.local.layout import Layout
from infra.local.secrets import Secrets

ADMIN = "admin"


class NotChecked(RuntimeError):
    """The restored system stands, and could not be asked; the message says what to ask by hand."""


class AuditBroken(RuntimeError):
    """The restored audit log is not the one that was signed."""


@contextmanager
def administering(layout: Layout, secrets: Secrets) -> Iterator[Api]:
    """The API as the administrator whose password this system knows; it is the one of then, unless it was changed."""
    api = Api(f"http://127.0.0.1:{layout.port('gateway')}")
    try:
        api.sign_in(email_of(ADMIN), secrets.people[ADMIN])
        yield api
    except (Refusal, httpx.HTTPError) as trouble:
        raise NotChecked(str(trouble)) from None
    finally:
        api.close()


def verify_audit(api: Api, manifest: Manifest) -> int:
    """Read all the evidence again, also against the root of the backup; answers how many entries hold."""
    known = {"known": manifest.audit.model_dump()} if manifest.audit else {}
    verdict = api.post("/audit/verify", known)
    if not verdict["intact"]:
        raise AuditBroken(f"entry {verdict['first_broken_seq']}, {verdict['part']}: {verdict['fault']}")
    return int(verdict["to_seq"])


def begin_comparison(api: Api) -> str:
    """Have every open run compared with TPGateway, which may know more than we do; answers by which id to follow it."""
    return str(api.post("/sync/reconciliations", {"all": True})["id"])
