"""New firmware for a device, carried in its session.

    offer ──▶ position ──▶ chunks ──▶ positions … ──▶ install ──▶ outcome ──▶ goodbye

The digest names the image: a device that holds a part of it already says so, and the
chunks go on from there.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, ClassVar

from . import fields
from .limits import (
    HASH_SIZE,
    MAX_FACT_TEXT,
    MAX_FIRMWARE,
    MAX_U8,
    MAX_U16,
    MAX_UPDATE_CHUNK,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFacts:
    """What a device says of being updated.

    `chip` is what an image has to be for and `build` the one that runs; `gzip`: it
    takes an image compressed; `falls_back`: with one that never gives it a session it
    returns to the one before.
    """

    chip: str
    build: str
    chunk: int
    gzip: bool = False
    falls_back: bool = False

    def items(self) -> dict[int, Any]:
        """Return the map on the wire."""
        found: dict[int, Any] = {1: self.chip, 2: self.build, 3: self.chunk}
        if self.gzip:
            found[4] = True
        if self.falls_back:
            found[5] = True
        return found


def read_update_facts(value: Any) -> UpdateFacts:
    """Return what a device says of being updated; keys of newer ones are skipped."""
    table = fields.table(value)
    if not table.keys() >= {1, 2, 3}:
        raise fields.malformed("facts of updates are missing")
    return UpdateFacts(
        chip=fields.text(table[1], MAX_FACT_TEXT),
        build=fields.text(table[2], MAX_FACT_TEXT),
        chunk=fields.uint(table[3], MAX_U16, 1),
        gzip=4 in table and fields.boolean(table[4]),
        falls_back=5 in table and fields.boolean(table[5]),
    )


class UpdateStatus(IntEnum):
    """What has become of an update on the device."""

    INSTALLED = 0  # and the device restarts now
    FAILED = 1  # as is every status that only a newer version has


class UpdateFailure(IntEnum):
    """Why a device does not install an image."""

    NONE = 0
    OTHER = 1  # as is every reason that only a newer version has
    NEEDS_MORE = 2  # it does not know what the offer demands
    NO_ROOM = 3
    NOT_WRITTEN = 4
    WRONG_DIGEST = 5
    NOT_BOOTABLE = 6
    OUT_OF_ORDER = 7
    GIVEN_UP = 8


# Device to hub


@dataclass(frozen=True, slots=True)
class UpdatePosition:
    """So many bytes of the image are there; chunks go on from here."""

    CODE: ClassVar = 19
    update: int
    offset: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.update, self.offset]


@dataclass(frozen=True, slots=True)
class UpdateOutcome:
    """The end of an update, as far as the device comes."""

    CODE: ClassVar = 20
    update: int
    status: UpdateStatus
    failure: UpdateFailure = UpdateFailure.NONE

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.update, int(self.status), int(self.failure)]


# Hub to device


@dataclass(frozen=True, slots=True)
class OfferUpdate:
    """An image of `size` bytes with this SHA-256.

    `demands` is for what later versions ask of a device: one that does not know all
    of it refuses.
    """

    CODE: ClassVar = 79
    update: int
    size: int
    digest: bytes
    demands: dict[int, Any] = field(default_factory=dict)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.update, self.size, self.digest, self.demands]


@dataclass(frozen=True, slots=True)
class UpdateChunk:
    """A part of the image that was offered last."""

    CODE: ClassVar = 80
    offset: int
    part: bytes = field(repr=False)

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.offset, self.part]


@dataclass(frozen=True, slots=True)
class AbandonUpdate:
    """Forget what is there of an image; an answer is not asked for."""

    CODE: ClassVar = 81

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE]


@dataclass(frozen=True, slots=True)
class InstallUpdate:
    """Start the image that is complete."""

    CODE: ClassVar = 82
    update: int

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.update]


def read_position(items: list[Any]) -> UpdatePosition:
    """Return how far an image is."""
    return UpdatePosition(
        fields.uint(items[0], minimum=1), fields.uint(items[1], MAX_FIRMWARE)
    )


def read_outcome(items: list[Any]) -> UpdateOutcome:
    """Return the end of an update; what is unknown is a failure."""
    status = fields.uint(items[1], MAX_U8)
    failure = fields.uint(items[2], MAX_U8)
    if status == UpdateStatus.INSTALLED:
        if failure:
            raise fields.malformed("installed, and a failure")
        return UpdateOutcome(fields.uint(items[0], minimum=1), UpdateStatus.INSTALLED)
    known = UpdateFailure.NONE < failure <= max(UpdateFailure)
    return UpdateOutcome(
        fields.uint(items[0], minimum=1),
        UpdateStatus.FAILED,
        UpdateFailure(failure) if known else UpdateFailure.OTHER,
    )


def read_offer(items: list[Any]) -> OfferUpdate:
    """Return what is offered."""
    return OfferUpdate(
        fields.uint(items[0], minimum=1),
        fields.uint(items[1], MAX_FIRMWARE, 1),
        fields.octets(items[2], HASH_SIZE),
        fields.table(items[3]),
    )


def read_chunk(items: list[Any]) -> UpdateChunk:
    """Return a part, which is not empty and ends within the largest image."""
    part = fields.octets_up_to(items[1], MAX_UPDATE_CHUNK)
    if not part:
        raise fields.malformed("a chunk without bytes")
    return UpdateChunk(fields.uint(items[0], MAX_FIRMWARE - len(part)), part)


def read_install(items: list[Any]) -> InstallUpdate:
    """Return which update is to be installed."""
    return InstallUpdate(fields.uint(items[0], minimum=1))
