"""Both ways a request may be sealed, and every way a reply or an error may travel."""

import json

import httpx
import pytest

from infra.tpg_simulator.cipher import PayloadCipher, read_key
from infra.tpg_simulator.driver import Driver
from infra.tpg_simulator.envelope import Answer, Family, refusal, success
from infra.tpg_simulator.operation import Operation
from infra.tpg_simulator.payload import seal_error, seal_reply
from infra.tpg_simulator.refusals import Detail, Refusal
from infra.tpg_simulator.samples import COURSE, KEY, OWN, synthetic_run
from infra.tpg_simulator.switches import Switches

PUBLISH = "/courses/courseRuns/publish"
CIPHER = PayloadCipher(read_key(KEY))
TPG_WRITE = Operation("X1", "POST", "/tpg/x", Family.TPG, "tpg", encrypted_request=True, encrypted_reply=True)
COURSE_WRITE = Operation("X2", "POST", "/courses/x", Family.COURSES, "courseRuns", encrypted_request=True)
COURSE_READ = Operation("X3", "GET", "/courses/x", Family.COURSES, "courseRuns")
BLANK = Refusal(400, "Enrolment cannot be created", [Detail("a=b", "TGS-441 - Required fields cannot be blank")])


def body() -> dict[str, object]:
    return {
        "course": {
            "courseReferenceNumber": COURSE,
            "trainingProvider": {"uen": OWN},
            "runs": [synthetic_run()],
        }
    }


async def post(gateway: Driver, content: str) -> httpx.Response:
    return await gateway.http.post(PUBLISH, content=content)


async def test_quoted_and_bare_bodies_are_both_read(gateway: Driver) -> None:
    quoted = await post(gateway, json.dumps(gateway.seal(body())))
    gateway.switch("duplicates.run", "allow")
    bare = await post(gateway, gateway.seal(body()))
    assert (quoted.status_code, bare.status_code) == (200, 200)


@pytest.mark.parametrize(("form", "quoted", "bare"), [("quoted", 200, 400), ("bare", 400, 200)])
async def test_a_switch_narrows_the_form(gateway: Driver, form: str, quoted: int, bare: int) -> None:
    gateway.switch("crypto.request_form", form)
    assert (await post(gateway, json.dumps(gateway.seal(body())))).status_code == quoted
    assert (await post(gateway, gateway.seal(body()))).status_code == bare


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(body()),
        json.dumps({"payload": CIPHER.encrypt("{}")}),
        PayloadCipher(bytes(32)).encrypt(json.dumps(body())),
        "",
        '"',
        "\xff\xfe",
        CIPHER.encrypt('{"course":"\\ud800"}'),
        CIPHER.encrypt("[" * 100_000),
        CIPHER.encrypt("1" * 5_000),
    ],
    ids=[
        *("plain", "wrapped", "another key", "empty", "half a string", "no ascii"),
        *("half a character", "endless depth", "endless number"),
    ],
)
async def test_what_cannot_be_decrypted_is_refused(gateway: Driver, content: str) -> None:
    reply = await post(gateway, content)
    assert reply.status_code == 400
    assert reply.json()["error"]["message"] == "Unable to perform decryption due invalid request"


async def test_bad_bodies_may_break_the_middleware_instead(gateway: Driver) -> None:
    gateway.switch("crypto.bad_body", 500)
    reply = await post(gateway, "plain")
    assert (reply.status_code, reply.json()["error"]["message"]) == (500, "Middleware error")


async def test_replies_of_course_writes_are_plain(gateway: Driver) -> None:
    reply = await gateway.publish(synthetic_run())
    assert reply.json() == {"data": {"runs": [{"id": 849900}]}, "error": {}, "meta": {}, "status": 200}


async def test_a_course_error_may_travel_as_ciphertext_by_switch(gateway: Driver) -> None:
    gateway.switch("crypto.error_form_courses", "cipher")
    reply = await gateway.publish()
    assert json.loads(CIPHER.decrypt(reply.text))["status"] == 400


async def test_an_error_may_hide_in_its_own_key_with_escaped_padding(gateway: Driver) -> None:
    gateway.switch("crypto.error_form_courses", "cipher-in-error")
    reply = await gateway.publish(synthetic_run(modeOfTraining="0"))
    assert "=" not in reply.text
    assert json.loads(CIPHER.decrypt(reply.json()["error"]))["code"] == 400


async def test_reads_are_never_encrypted(gateway: Driver) -> None:
    gateway.switch("crypto.error_form_courses", "cipher")
    reply = await gateway.view(1)
    assert reply.json()["error"]["details"] == [{"field": "", "message": "No course run found."}]


def test_encrypted_replies_are_bare_or_quoted_or_plain_by_switch() -> None:
    envelope = success(Answer({"a": 1}), status_as_text=True)
    bare = seal_reply(envelope, TPG_WRITE, CIPHER, Switches())
    quoted = seal_reply(envelope, TPG_WRITE, CIPHER, Switches().changed({"crypto.reply_quoted": True}))
    plain = seal_reply(envelope, TPG_WRITE, CIPHER, Switches().changed({"crypto.plain_reply": True}))
    assert json.loads(CIPHER.decrypt(bare.decode())) == envelope
    assert json.loads(quoted) == bare.decode()
    assert json.loads(plain) == envelope


def test_the_tpg_family_seals_errors_whole_and_says_no_code() -> None:
    envelope = refusal(BLANK, Family.TPG)
    sealed = seal_error(envelope, TPG_WRITE, CIPHER, Switches())
    assert json.loads(CIPHER.decrypt(sealed.decode())) == envelope
    assert set(envelope["error"]) == {"message", "details"}


def test_the_course_family_tells_errors_plainly_with_code_and_error_id() -> None:
    envelope = refusal(BLANK, Family.COURSES)
    assert json.loads(seal_error(envelope, COURSE_WRITE, CIPHER, Switches())) == envelope
    assert set(envelope["error"]) == {"code", "message", "details", "errorId"}


def test_operations_without_encryption_have_plain_errors_whatever_the_switch() -> None:
    switches = Switches().changed({"crypto.error_form_courses": "cipher"})
    envelope = refusal(BLANK, Family.COURSES)
    assert json.loads(seal_error(envelope, COURSE_READ, CIPHER, switches)) == envelope
