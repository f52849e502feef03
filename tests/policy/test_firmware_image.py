"""Images of firmware: what they are for, and those that would lose a device."""

import gzip
from typing import Literal

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


def segmented(start: int, header: int, digest: int = 0) -> bytes:
    """Return the segments of an ESP's program, with our mark in the second."""
    content = image_of(KEY, chip="ESP8266" if start else "ESP32-C3", magic=b"")
    head = bytes([0xE9, 2]) + bytes(header - 3) + bytes([digest and 1])
    segments = [
        (0x4020_0000 + place).to_bytes(4, "little")
        + len(part).to_bytes(4, "little")
        + part
        for place, part in enumerate((bytes(1001), content))
    ]
    program = head + b"".join(segments)
    boot_loader = (bytes([0xE9, 1]) + bytes(start))[:start]
    return boot_loader + program + bytes(16 - len(program) % 16 + digest)


def executable(bits: int, order: Literal["little", "big"]) -> bytes:
    """Return a program for a computer, which ends with its table of sections."""
    data = bytearray(image_of(KEY, chip="host x86_64"))
    table = (len(data) - 3 * 64).to_bytes(bits // 8, order)
    entry, count = (64).to_bytes(2, order), (3).to_bytes(2, order)
    at, sizes = (40, 58) if bits == 64 else (32, 46)
    data[4], data[5] = bits // 32, 1 if order == "little" else 2
    data[at : at + len(table)] = table
    data[sizes : sizes + 4] = entry + count
    return bytes(data)


@pytest.mark.parametrize(
    ("chip", "whole"),
    [
        ("ESP32-C3", segmented(0, 24)),
        ("ESP32-C3", segmented(0, 24, digest=32)),
        ("ESP8266", segmented(0x1000, 8)),
        ("host x86_64", executable(64, "little")),
        ("host x86_64", executable(32, "little")),
        ("host x86_64", executable(32, "big")),
    ],
)
def test_one_whose_end_is_missing_is_refused(chip: str, whole: bytes) -> None:
    """Not every board finds that out by itself before it is too late."""
    assert read(whole, chip=chip).name == "garden-pump"
    assert read(whole + b"a signature", chip=chip).name == "garden-pump"
    for cut in (1, 31, 100, 10_000):
        assert refusal(whole[:-cut], chip=chip) is ImageFault.CUT


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
