"""Keys, tokens and their text forms."""

import hashlib

from hypothesis import given, strategies as st
import pytest

from custom_components.oceanremote.protocol import (
    KeyPair,
    KeyTextError,
    Purpose,
    RegistrationToken,
    RemoteProtocolError,
    derive_psk,
    format_mac,
    hub_key_text,
    parse_hub_key,
    parse_mac,
    stored_hash,
)
from custom_components.oceanremote.protocol.errors import CloseReason
from tests.support.vector_files import bad_token_texts

secrets = st.binary(min_size=32, max_size=32)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(secrets)
def test_a_token_survives_its_text_form(secret: bytes) -> None:
    text = RegistrationToken(secret).text
    assert len(text) == 54
    assert text.startswith("oc_reg_")
    assert RegistrationToken.parse(text).secret == secret


@given(secrets)
def test_a_hub_key_survives_its_text_form(public: bytes) -> None:
    text = hub_key_text(public)
    assert len(text) == 54
    assert parse_hub_key(text) == public


@given(secrets, st.integers(7, 53), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(secret: bytes, where: int, other: str) -> None:
    text = RegistrationToken(secret).text
    wrong = text[:where] + other + text[where + 1 :]
    if wrong != text:
        with pytest.raises(KeyTextError):
            RegistrationToken.parse(wrong)


@given(st.text(max_size=60))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(KeyTextError):
        RegistrationToken.parse("oc_reg_" + text)


@pytest.mark.parametrize("text", bad_token_texts().values(), ids=bad_token_texts())
def test_malformed_tokens_are_refused(text: str) -> None:
    with pytest.raises(KeyTextError):
        RegistrationToken.parse(text)


@pytest.mark.parametrize("odd", ["\u00e4", "\ud800", "\u0660"])
def test_letters_outside_ascii_are_refused(odd: str) -> None:
    text = RegistrationToken(bytes(32)).text
    with pytest.raises(KeyTextError):
        RegistrationToken.parse(text[:20] + odd + text[21:])


def test_the_error_does_not_repeat_the_token() -> None:
    text = RegistrationToken(b"\x5a" * 32).text
    with pytest.raises(KeyTextError) as caught:
        RegistrationToken.parse(text[:-1] + "!")
    assert text[7:20] not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    secret = bytes(range(32))
    for thing in (RegistrationToken(secret), KeyPair.from_private(secret)):
        assert repr(secret) not in repr(thing)
        assert secret.hex() not in repr(thing)


def test_the_handle_does_not_give_the_token_away() -> None:
    token = RegistrationToken(bytes(range(32)))
    expected = hashlib.sha256(b"oceanremote/1 token handle" + token.secret).digest()
    assert token.handle == expected[:8]


def test_the_stored_hash_is_not_a_hash_of_the_bare_token() -> None:
    token = bytes(range(32))
    assert stored_hash(token) != hashlib.sha256(token).digest()


def test_the_psk_depends_on_token_board_and_purpose() -> None:
    token, mac = bytes(range(32)), bytes(6)
    psks = {
        derive_psk(token, mac, Purpose.SESSION),
        derive_psk(token, mac, Purpose.REGISTRATION),
        derive_psk(token, b"\x00\x00\x00\x00\x00\x01", Purpose.SESSION),
        derive_psk(bytes(32), mac, Purpose.SESSION),
    }
    assert len(psks) == 4
    assert all(len(psk) == 32 for psk in psks)


@pytest.mark.parametrize(
    "text", ["24A160C0FFEE", "24:a1:60:c0:ff:ee", "24-A1-60-C0-FF-EE", " 24a160c0ffee "]
)
def test_a_mac_is_read_in_every_usual_form(text: str) -> None:
    assert format_mac(parse_mac(text)) == "24a160c0ffee"


@pytest.mark.parametrize(
    "text", ["", "24a160c0ffe", "24a160c0ffee0", "24a160c0ffeg", "24a160c0ff\u0661e"]
)
def test_other_texts_are_no_mac(text: str) -> None:
    with pytest.raises(KeyTextError):
        parse_mac(text)


# The points of small order on Curve25519 and their non-canonical forms.
SMALL_ORDER = [
    "00" * 32,
    "01" + "00" * 31,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


@pytest.mark.parametrize("public", SMALL_ORDER)
def test_a_key_of_small_order_is_refused(public: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        KeyPair.from_private(bytes(range(32))).exchange(bytes.fromhex(public))
    assert caught.value.reason is CloseReason.BAD_HANDSHAKE
