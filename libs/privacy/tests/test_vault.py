"""What the vault promises about sealed values."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from libs.privacy.mask import mask_email, mask_id, mask_name, mask_phone
from libs.privacy.vault import Keyring, Unsealable, Vault, VaultNotConfigured

OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NEW = "new:AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
INDEX = SecretStr("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")


def vault(keys: str = OLD) -> Vault:
    return Vault.from_settings(SecretStr(keys), INDEX)


@given(st.text(max_size=300), st.uuids())
def test_what_is_sealed_opens_to_the_same_text(plain: str, subject: UUID) -> None:
    sealed = vault().seal(plain, purpose="p", subject=subject)
    assert vault().open(sealed, purpose="p", subject=subject) == plain


def test_equal_texts_are_not_seen_to_be_equal() -> None:
    subject = uuid4()
    assert vault().seal("same", purpose="p", subject=subject) != vault().seal("same", purpose="p", subject=subject)


@given(st.data())
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    subject = uuid4()
    sealed = bytearray(vault().seal("S1234567D", purpose="p", subject=subject))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Unsealable):
        vault().open(bytes(sealed), purpose="p", subject=subject)


@pytest.mark.parametrize(("purpose", "same_subject"), [("other", True), ("p", False)])
def test_a_value_moved_to_another_field_or_person_does_not_open(purpose: str, *, same_subject: bool) -> None:
    subject = uuid4()
    sealed = vault().seal("S1234567D", purpose="p", subject=subject)
    with pytest.raises(Unsealable):
        vault().open(sealed, purpose=purpose, subject=subject if same_subject else uuid4())


def test_a_rotated_key_still_opens_what_it_sealed_and_the_new_one_seals() -> None:
    subject = uuid4()
    sealed = vault(OLD).seal("x", purpose="p", subject=subject)
    rotated = vault(f"{NEW},{OLD}")
    assert rotated.open(sealed, purpose="p", subject=subject) == "x"
    with pytest.raises(Unsealable, match="not on the ring"):
        vault(OLD).open(rotated.seal("x", purpose="p", subject=subject), purpose="p", subject=subject)


def test_the_blind_index_finds_any_spelling_but_differs_by_purpose() -> None:
    index = vault().blind_index
    assert index(" s1234567d ", purpose="id") == index("S1234567D", purpose="id")
    assert index("S1234567D", purpose="id") != index("S1234567D", purpose="email")


def test_a_fingerprint_tells_letters_apart_that_the_index_does_not() -> None:
    made = vault()
    assert made.fingerprint("Secret", purpose="p") == vault(NEW).fingerprint("Secret", purpose="p")
    assert len({made.fingerprint(each, purpose="p") for each in ("Secret", "secret", " Secret", "Secret ")}) == 4
    assert made.fingerprint("Secret", purpose="p") != made.fingerprint("Secret", purpose="q")


def test_a_vault_without_keys_says_what_to_set() -> None:
    empty = Vault.from_settings(SecretStr(""), SecretStr(""))
    with pytest.raises(VaultNotConfigured, match="TMS_ENCRYPTION_KEYS"):
        empty.seal("x", purpose="p", subject=uuid4())
    with pytest.raises(VaultNotConfigured):
        empty.blind_index("x", purpose="p")


@pytest.mark.parametrize("text", ["nokey", "a:not base64", "a:AAEC"])
def test_a_key_that_is_no_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes") as refused:
        Keyring.parse(text)
    assert text not in str(refused.value)


def test_masks_show_what_is_agreed_and_no_more() -> None:
    assert mask_id("S1234567D") == "S****567D"
    assert mask_id("A12") == "***"
    assert mask_email("someone@example.com") == "s***@example.com"
    assert mask_phone("91234567") == "******67"
    assert mask_name("Test Person") == "T*** P***"
