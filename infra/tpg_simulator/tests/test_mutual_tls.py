"""Mutual TLS over a real socket: the certificate decides who is acting."""

import json
import ssl
from collections.abc import Iterator

import httpx
import pytest

from infra.tpg_simulator.application import Simulator
from infra.tpg_simulator.certificates import CertificateFiles, make_certificate
from infra.tpg_simulator.cipher import PayloadCipher, read_key
from infra.tpg_simulator.running import run_simulator
from infra.tpg_simulator.samples import (
    CLIENT_ID,
    CLIENT_SECRET,
    COURSE,
    KEY,
    OTHER,
    OWN,
    synthetic_run,
    synthetic_seed,
)
from infra.tpg_simulator.seed import Certificate
from infra.tpg_simulator.server import ServerKeys, tls_context
from infra.tpg_simulator.world import World

PUBLISH = "/courses/courseRuns/publish"


def sealed_publish() -> str:
    root = {"courseReferenceNumber": COURSE, "trainingProvider": {"uen": OWN}, "runs": [synthetic_run()]}
    return PayloadCipher(read_key(KEY)).encrypt(json.dumps({"course": root}))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CertificateFiles]:
    folder = tmp_path_factory.mktemp("certificates")
    names = ("server", "own", "own-next", "other", "stranger")
    return {name: make_certificate(folder, name, key_bits=2048) for name in names}


@pytest.fixture
def tls_url(files: dict[str, CertificateFiles]) -> Iterator[str]:
    uploaded = (("own", OWN), ("own-next", OWN), ("other", OTHER))
    certificates = tuple(Certificate(file=files[name].certificate, provider=uen) for name, uen in uploaded)
    seed = synthetic_seed().model_copy(update={"certificates": certificates})
    simulator = Simulator(World(seed), tls_mode="mtls")
    keys = ServerKeys(files["server"].certificate, files["server"].key)
    trusted = simulator.identities.certificates.pem
    with run_simulator(simulator, tls=tls_context(keys, trusted_clients=trusted)) as url:
        yield url


def client(url: str, files: dict[str, CertificateFiles], name: str | None) -> httpx.Client:

    context = ssl.create_default_context(cafile=str(files["server"].certificate))
    if name is not None:
        context.load_cert_chain(files[name].certificate, files[name].key)
    return httpx.Client(base_url=url, verify=context)


@pytest.mark.parametrize("name", ["own", "own-next"])
def test_the_certificate_decides_the_acting_provider(
    tls_url: str, files: dict[str, CertificateFiles], name: str
) -> None:
    with client(tls_url, files, name) as http:
        missing = http.get("/courses/courseRuns/id/1")
        entry = http.get("/_control/journal").json()[0]
    assert missing.status_code == 404
    assert (entry["provider"], entry["identity"]) == (OWN, "certificate")


def test_another_providers_certificate_may_not_use_our_uen(tls_url: str, files: dict[str, CertificateFiles]) -> None:
    with client(tls_url, files, "other") as http:
        reply = http.post(PUBLISH, content=sealed_publish())
    assert reply.status_code == 403
    assert "TGS-405" in reply.text


def test_a_certificate_nobody_uploaded_fails_the_handshake(tls_url: str, files: dict[str, CertificateFiles]) -> None:
    with client(tls_url, files, "stranger") as http, pytest.raises(httpx.TransportError):
        http.get("/courses/courseRuns/id/1")


def test_without_a_certificate_only_tokens_open_only_open_reads(
    tls_url: str, files: dict[str, CertificateFiles]
) -> None:
    with client(tls_url, files, None) as http:
        bare = http.get("/courses/courseRuns/id/1")
        form = {"grant_type": "client_credentials"}
        granted = http.post("/dp-oauth/oauth/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET)).json()
        headers = {"authorization": f"Bearer {granted['access_token']}"}
        query = {"courseReferenceNumber": COURSE}
        listed = http.get("/courses/courseRuns/reference", params=query, headers=headers)
    assert (bare.status_code, listed.status_code) == (403, 200)
