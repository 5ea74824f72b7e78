"""One answer, in each of the forms it is known to come in."""

import json
from typing import Any

import pytest

from libs.tpgateway import samples
from libs.tpgateway.encryption import PayloadCipher
from libs.tpgateway.envelope import Detail, Reply, UnreadableReply, read_reply

CIPHER = PayloadCipher.from_text(samples.KEY)
ERROR = {
    "message": "Enrolment cannot be created",
    "details": [{"field": "enrolment.course.referenceNumber", "message": "TGS-406 - Invalid course reference number"}],
}
REFUSAL = {"status": 400, "data": {}, "meta": {}, "error": ERROR}


def read(content: str, http_status: int = 200) -> Reply:
    return read_reply(content.encode(), http_status=http_status, cipher=CIPHER)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(samples.envelope({"runs": [{"id": 849900}]})),
        CIPHER.encrypt(json.dumps(samples.envelope({"runs": [{"id": 849900}]}))),
        f'"{CIPHER.encrypt(json.dumps(samples.envelope({"runs": [{"id": 849900}]})))}"',
        "\n" + json.dumps(samples.envelope({"runs": [{"id": 849900}]}, status="200")) + "\n",
    ],
    ids=["plain", "bare", "quoted", "status as text"],
)
def test_success_is_read_in_every_form(content: str) -> None:
    reply = read(content)
    assert reply.ok
    assert reply.error is None
    assert reply.data == {"runs": [{"id": 849900}]}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(REFUSAL),
        CIPHER.encrypt(json.dumps(REFUSAL)),
        json.dumps({**REFUSAL, "error": CIPHER.encrypt(json.dumps(ERROR))}),
        json.dumps({**REFUSAL, "error": CIPHER.encrypt(json.dumps(ERROR)).replace("=", "\\u003d")}),
        json.dumps({**REFUSAL, "error": CIPHER.encrypt(json.dumps(ERROR))}).replace("=", "\\u003d"),
    ],
    ids=["plain", "whole body encrypted", "error encrypted", "escaped twice", "escaped once"],
)
def test_refusals_are_read_in_every_form(content: str) -> None:
    reply = read(content, 400)
    assert not reply.ok
    assert reply.error is not None
    assert reply.error.message == "Enrolment cannot be created"
    assert reply.error.details == (
        Detail("enrolment.course.referenceNumber", "TGS-406 - Invalid course reference number"),
    )


@pytest.mark.parametrize("status", [404, "404"])
def test_an_error_inside_http_200_is_an_error(status: int | str) -> None:
    reply = read(json.dumps({**REFUSAL, "status": status}))
    assert (reply.http_status, reply.status, reply.ok) == (200, 404, False)
    assert reply.error is not None


@pytest.mark.parametrize("code", [404, "404"])
def test_the_course_familys_error_tells_its_code(code: int | str) -> None:
    error: dict[str, Any] = {"code": code, "message": "Not Found", "details": [], "errorId": "e-1"}
    reply = read(json.dumps({"data": {}, "error": error, "meta": {}, "status": 404}), 404)
    assert reply.error is not None
    assert (reply.error.code, reply.error.error_id, reply.error.details) == ("404", "e-1", ())
    assert reply.says_none


def test_a_success_inside_a_failure_stays_a_failure() -> None:
    assert read(json.dumps(samples.envelope({})), 503).status == 503


@pytest.mark.parametrize(("meta", "total"), [({"total": 3}, 3), ({"totalRecords": "7"}, 7), ({}, None)])
def test_lists_tell_their_total_under_either_name(meta: dict[str, Any], total: int | None) -> None:
    assert read(json.dumps(samples.envelope({}, **meta))).total == total


@pytest.mark.parametrize("http_status", [200, 502])
def test_no_body_at_all_says_what_the_status_says(http_status: int) -> None:
    reply = read("", http_status)
    assert reply.ok is (http_status == 200)
    assert (reply.error is None) is (http_status == 200)


def test_a_failing_middlemans_sentence_is_its_message() -> None:
    reply = read("Unable to perform decryption due invalid request", 400)
    assert reply.error is not None
    assert reply.error.message == "Unable to perform decryption due invalid request"


@pytest.mark.parametrize(
    ("content", "http_status"),
    [
        ("<html><body>S1234567D not here</body></html>", 502),
        ("S1234567D is a sentence", 200),
        ('["S1234567D"]', 200),
        ("{S1234567D", 400),
        (PayloadCipher(bytes(32)).encrypt('{"nric":"S1234567D"}'), 200),
        (CIPHER.encrypt("S1234567D"), 200),
    ],
    ids=["page", "sentence as success", "list", "broken JSON", "another key", "no JSON inside"],
)
def test_what_cannot_be_read_is_said_so_and_never_quoted(content: str, http_status: int) -> None:
    with pytest.raises(UnreadableReply) as unreadable:
        read(content, http_status)
    assert unreadable.value.http_status == http_status
    assert "S1234567D" not in str(unreadable.value)
    assert unreadable.value.__cause__ is None


def test_ciphertext_needs_a_key() -> None:
    with pytest.raises(UnreadableReply, match="no key"):
        read_reply(CIPHER.encrypt("{}").encode(), http_status=200)


def test_bodies_stay_out_of_what_is_printed() -> None:
    reply = read(json.dumps(REFUSAL | {"data": {"id": samples.NRIC}}), 400)
    assert samples.NRIC not in repr(reply)
    assert "Invalid course" not in repr(reply)
