import pytest

from infra.tpg_simulator.cipher import PayloadCipher, Undecryptable, read_key
from infra.tpg_simulator.samples import KEY

VECTORS = {
    '{"ok":true}': "XY4Ofe8rvfBOPhgKy6W8TQ==",
    '{"enrolment":{"action":"Cancel"}}': "3Y8m0LPg8HMcq3kfY+5LPlCE+sPDjVGTX8MdXCmQ+7QaH+1zCfn7oHIyZ4x7EMgO",
    "": "ujoSNMXPsEwZcfGAsQ0zgQ==",
}


@pytest.fixture
def cipher() -> PayloadCipher:
    return PayloadCipher(read_key(KEY))


@pytest.mark.parametrize(("plain", "sealed"), VECTORS.items())
def test_texts_encrypt_and_decrypt_as_the_published_vectors_say(cipher: PayloadCipher, plain: str, sealed: str) -> None:
    assert cipher.encrypt(plain) == sealed
    assert cipher.decrypt(sealed) == plain


@pytest.mark.parametrize("text", ["not base64!", "AAAA", "XY4Ofe8rvfBOPhgKy6W8TA==", "é"])
def test_what_is_not_of_this_key_is_undecryptable(cipher: PayloadCipher, text: str) -> None:
    with pytest.raises(Undecryptable):
        cipher.decrypt(text)


def test_text_that_is_not_json_inside_is_undecryptable(cipher: PayloadCipher) -> None:
    with pytest.raises(Undecryptable):
        cipher.decrypt_json(cipher.encrypt("{"))


@pytest.mark.parametrize("text", ["c2hvcnQ=", "not base64"])
def test_a_key_is_exactly_32_bytes_of_base64(text: str) -> None:
    with pytest.raises(ValueError, match="encryption key"):
        read_key(text)
