"""Images of firmware: what they are for, and those that would lose a device."""

import gzip

import pytest

from custom_components.oceanremote.policy.firmware_image import (
    ImageError,
    ImageFault,
    ImageInfo,
    read_image,
)
from tests.support.update_board import NEW_BUILD, image_of

KEY = bytes(range(32))
LIMIT = 1_000_000


def read(data: bytes, *, chip: str = "ESP32-C3", takes_gzip: bool = False) -> ImageInfo:
    return read_image(data, chip=chip, hub_key=KEY, takes_gzip=takes_gzip, limit=LIMIT)


def refusal(data: bytes, **terms: object) -> ImageFault:
    with pytest.raises(ImageError) as caught:
        read(data, **terms)  # type: ignore[arg-type]
    return caught.value.fault


def esp(chip: str = "ESP32-C3", **parts: object) -> bytes:
    return image_of(KEY, chip=chip, magic=b"\xe9", **parts)  # type: ignore[arg-type]


def test_an_image_says_what_it_is() -> None:
    info = read(esp(version="2.1.0"))
    assert info == ImageInfo(
        "ESP32-C3", "garden-pump", "2.1.0", "2026.10.0", frozenset({NEW_BUILD})
    )
    assert info.version == "2.1.0"
    assert read(esp(version="")).version == "2026.10.0"


def test_a_compressed_one_is_read_where_the_board_takes_it() -> None:
    packed = gzip.compress(image_of(KEY, chip="ESP8266", magic=b"\xe9"))
    info = read(packed, chip="ESP8266", takes_gzip=True)
    assert info.name == "garden-pump"
    assert refusal(packed, chip="ESP8266") is ImageFault.WRONG_CHIP


@pytest.mark.parametrize("cut", [1, 10, 100])
def test_a_compressed_one_that_is_cut_is_refused(cut: int) -> None:
    packed = gzip.compress(image_of(KEY, chip="ESP8266", magic=b"\xe9"))
    assert refusal(packed[:-cut], takes_gzip=True) is ImageFault.CUT
    broken = packed[:2] + bytes(len(packed) - 2)
    assert refusal(broken, takes_gzip=True) is ImageFault.CUT


def test_no_compressed_one_unpacks_beyond_its_bound() -> None:
    bomb = gzip.compress(bytes(LIMIT + 1))
    assert refusal(bomb, takes_gzip=True) is ImageFault.TOO_LARGE


def test_what_would_lose_the_device_is_refused() -> None:
    assert refusal(b"") is ImageFault.EMPTY
    assert refusal(bytes(LIMIT + 1)) is ImageFault.TOO_LARGE
    assert refusal(b"\xe9" + bytes(5000)) is ImageFault.NOT_OURS
    assert refusal(esp("ESP32-S3")) is ImageFault.WRONG_CHIP
    assert refusal(esp("ESP32")) is ImageFault.WRONG_CHIP
    assert refusal(esp().replace(KEY, bytes(32))) is ImageFault.WRONG_HUB
    assert refusal(esp()[1:]) is ImageFault.CUT


def test_what_only_looks_like_a_mark_is_none() -> None:
    for mark in (b"oceanremote-image/1|", b"oceanremote-image/1|\xff|a|b|c|"):
        assert refusal(b"\xe9" + mark + KEY) is ImageFault.NOT_OURS
    # The text of the mark may occur before the mark itself.
    assert read(b"\xe9oceanremote-image/1|\0" + bytes(600) + esp()).chip == "ESP32-C3"
