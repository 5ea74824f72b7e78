"""The cipher against known vectors, and everything that is not ciphertext."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.tpgateway.encryption import PayloadCipher, Undecryptable, UnusableKey

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    ("plain", "sealed"),
    [
        ('{"ok":true}', "XY4Ofe8rvfBOPhgKy6W8TQ=="),
        ('{"enrolment":{"action":"Cancel"}}', "3Y8m0LPg8HMcq3kfY+5LPlCE+sPDjVGTX8MdXCmQ+7QaH+1zCfn7oHIyZ4x7EMgO"),
        ("", "ujoSNMXPsEwZcfGAsQ0zgQ=="),
    ],
)
def test_known_vectors_hold_both_ways(plain: str, sealed: str) -> None:
    cipher = PayloadCipher.from_text(KEY)
    assert cipher.encrypt(plain) == sealed
    assert cipher.decrypt(sealed) == plain


@given(plain=st.text(), key=st.binary(min_size=32, max_size=32))
def test_any_text_survives_under_any_key(plain: str, key: bytes) -> None:
    cipher = PayloadCipher(key)
    assert cipher.decrypt(cipher.encrypt(plain)) == plain


@given(plain=st.text())
def test_bodies_are_read_quoted_and_bare(plain: str) -> None:
    cipher = PayloadCipher.from_text(KEY)
    quoted, bare = cipher.body(plain), cipher.body(plain, quoted=False)
    assert quoted == b'"' + bare + b'"'
    assert cipher.decrypt(quoted.decode()) == cipher.decrypt(bare.decode()) == plain


@pytest.mark.parametrize("text", ["", "not base64!", "AAAA", base64.b64encode(bytes(16)).decode()])
def test_anything_else_is_undecryptable(text: str) -> None:
    with pytest.raises(Undecryptable):
        PayloadCipher.from_text(KEY).decrypt(text)


def test_another_key_does_not_open_it() -> None:
    sealed = PayloadCipher.from_text(KEY).encrypt('{"ok":true}')
    with pytest.raises(Undecryptable):
        PayloadCipher(bytes(32)).decrypt(sealed)


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(bytes(31)).decode(), "%" * 44])
def test_a_wrong_key_is_refused_without_being_told(key: str) -> None:
    with pytest.raises(UnusableKey) as refused:
        PayloadCipher.from_text(key)
    assert not key or key not in str(refused.value)
