"""What an image of firmware is, as its bytes say, and whether a device may have it.

An image that is for another chip, that has no updates over the session or that belongs
to another hub would take the device away from its owner for good: far away, nobody can
take that back. Each of these is found here, before anything is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
import re
import struct
from typing import Final
import zlib

# What our firmware says of itself; its parts follow, each ended by the separator.
_MARK: Final = b"oceanremote-image/1|"
_PARTS: Final = 4
_MAX_PART: Final = 128
# When ESPHome has built it, as it writes that into every image.
_BUILD: Final = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}")
_GZIP: Final = b"\x1f\x8b"
_ESP: Final = b"\xe9"
_ELF: Final = b"\x7fELF"
# Of what the first bytes of an image must be, by the beginning of the chip's name.
_MAGIC: Final = (("ESP8266", _ESP), ("ESP32", _ESP), ("host", _ELF))
# Where the program of an ESP8266 begins, behind its boot loader, and its header's size.
_ESP8266: Final = (0x1000, 8)
_ESP32: Final = (0, 24)
_ESP32_DIGEST: Final = 32
_ESP_MAX_SEGMENTS: Final = 16


class ImageFault(StrEnum):
    """Why an image is not for a device; keys of translations, too."""

    EMPTY = "image_empty"
    TOO_LARGE = "image_too_large"
    CUT = "image_cut"
    NOT_OURS = "image_not_ours"
    WRONG_CHIP = "image_wrong_chip"
    WRONG_HUB = "image_wrong_hub"


class ImageError(Exception):
    """An image that a device may not have."""

    def __init__(self, fault: ImageFault, detail: str = "") -> None:
        """Carry the fault, and what was found instead."""
        super().__init__(f"{fault}: {detail}".removesuffix(": "))
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What an image says of itself."""

    chip: str
    name: str
    project_version: str
    esphome_version: str
    builds: frozenset[str]

    @property
    def version(self) -> str:
        """What a person knows it by: the project's version, else ESPHome's."""
        return self.project_version or self.esphome_version


def read_image(
    data: bytes, *, chip: str, hub_key: bytes, takes_gzip: bool, limit: int
) -> ImageInfo:
    """Return what an image is that a device may have; raises ImageError.

    `limit` bounds it, packed and unpacked.
    """
    if not data:
        raise ImageError(ImageFault.EMPTY)
    if len(data) > limit:
        raise ImageError(ImageFault.TOO_LARGE)
    if data.startswith(_GZIP):
        if not takes_gzip:
            raise ImageError(ImageFault.WRONG_CHIP, "gzip")
        data = _unpacked(data, limit)
    found = list(_marks(data))
    if not found:
        raise ImageError(ImageFault.NOT_OURS)
    fitting = next((parts for parts in found if parts[0] == chip), None)
    if fitting is None:
        raise ImageError(ImageFault.WRONG_CHIP, found[0][0])
    for beginning, magic in _MAGIC:
        if chip.startswith(beginning) and not data.startswith(magic):
            raise ImageError(ImageFault.CUT, "its beginning is missing")
    if len(data) < _least_size(data, chip):
        raise ImageError(ImageFault.CUT, "its end is missing")
    if hub_key not in data:
        raise ImageError(ImageFault.WRONG_HUB)
    builds = frozenset(build.decode() for build in _BUILD.findall(data))
    _, name, project_version, esphome_version = fitting
    return ImageInfo(chip, name, project_version, esphome_version, builds)


def _unpacked(data: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(data, limit + 1)
    except zlib.error as err:
        raise ImageError(ImageFault.CUT, str(err)) from None
    if len(unpacked) > limit:
        raise ImageError(ImageFault.TOO_LARGE)
    if not unpacker.eof:
        raise ImageError(ImageFault.CUT, "its end is missing")
    return unpacked


def _least_size(data: bytes, chip: str) -> int:
    """Return what an image must have by its own format; 0 where that does not say.

    Of an RP2040's it does not. An ESP8266 would start what it has of a program.
    """
    try:
        if data.startswith(_ELF):
            return _elf_size(data)
        if chip.startswith("ESP8266"):
            return _esp_size(data, *_ESP8266)
        if chip.startswith("ESP32"):
            has_digest = data[23] == 1
            return _esp_size(data, *_ESP32) + has_digest * _ESP32_DIGEST
    except struct.error, IndexError:
        return len(data) + 1  # It ends within a header.
    return 0


def _elf_size(data: bytes) -> int:
    """Return where the table of sections ends, behind which there is nothing."""
    order = ">" if data[5] == 2 else "<"
    if data[4] == 2:
        (table,) = struct.unpack_from(order + "Q", data, 40)
        size, count = struct.unpack_from(order + "HH", data, 58)
    else:
        (table,) = struct.unpack_from(order + "I", data, 32)
        size, count = struct.unpack_from(order + "HH", data, 46)
    return int(table) + int(size) * int(count)


def _esp_size(data: bytes, start: int, header: int) -> int:
    """Return where the checksum behind the last segment ends, padded to 16 bytes."""
    if data[start : start + 1] != _ESP or data[start + 1] > _ESP_MAX_SEGMENTS:
        return 0
    at = start + header
    for _ in range(data[start + 1]):
        _, size = struct.unpack_from("<II", data, at)
        at += 8 + int(size)
    return at // 16 * 16 + 16


def _marks(data: bytes) -> Iterator[list[str]]:
    at = -1
    while (at := data.find(_MARK, at + 1)) >= 0:
        start = at + len(_MARK)
        parts = data[start : start + _PARTS * _MAX_PART].split(b"|", _PARTS)
        if len(parts) <= _PARTS:
            continue
        try:
            yield [part.decode() for part in parts[:_PARTS]]
        except UnicodeDecodeError:
            continue
