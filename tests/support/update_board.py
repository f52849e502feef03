"""A board's flash as new firmware comes over the session; its faults can be chosen."""

import hashlib

from custom_components.oceanremote.protocol.updates import (
    AbandonUpdate,
    InstallUpdate,
    OfferUpdate,
    UpdateChunk,
    UpdateFacts,
    UpdateFailure,
    UpdateOutcome,
    UpdatePosition,
    UpdateStatus,
)

type Asked = OfferUpdate | UpdateChunk | AbandonUpdate | InstallUpdate
type Told = UpdatePosition | UpdateOutcome

OLD_BUILD = "2026-01-01 00:00:00 +0000"
NEW_BUILD = "2026-11-27 12:00:00 +0000"


def image_of(
    hub_key: bytes,
    *,
    chip: str = "host x86_64",
    build: str = NEW_BUILD,
    size: int = 20_000,
    version: str = "2.0.0",
    magic: bytes = b"\x7fELF",
) -> bytes:
    """Return what looks like an image of our firmware."""
    mark = f"oceanremote-image/1|{chip}|garden-pump|{version}|2026.10.0|".encode()
    head = magic + b"\0" * 60 + hub_key + build.encode() + b"\0" + mark
    return head + bytes(index * 7 % 251 for index in range(size - len(head)))


class UpdateBoard:
    """What takes an image, and what it has done with it."""

    def __init__(
        self,
        *,
        chip: str = "host x86_64",
        gzip: bool = False,
        falls_back: bool = False,
        refuses: UpdateFailure | None = None,
        silent_after: int | None = None,
        hears: int | None = None,
    ) -> None:
        """Run the old image; `silent_after` so many chunks nothing is answered.

        Of all messages it takes as many as it `hears`, and the others are lost.
        """
        self.facts = UpdateFacts(
            chip=chip, build=OLD_BUILD, chunk=960, gzip=gzip, falls_back=falls_back
        )
        self.offers: list[OfferUpdate] = []
        self.flash = bytearray()
        self.abandoned = 0
        self.chunks = 0
        self.installed = False
        self.refuses = refuses
        self.silent_after = silent_after
        self.hears = hears
        self.heard = 0

    def take(self, message: Asked) -> list[Told]:
        """Take one message; return what is to be told."""
        self.heard += 1
        if self.hears is not None and self.heard > self.hears:
            return []
        match message:
            case OfferUpdate():
                return self._take_offer(message)
            case UpdateChunk():
                return self._take_chunk(message)
            case AbandonUpdate():
                self.abandoned += 1
                self.flash.clear()
                return []
            case InstallUpdate():
                assert self.has_all
                self.installed = True
                return [UpdateOutcome(message.update, UpdateStatus.INSTALLED)]

    def reset(self) -> None:
        """Restart: what is there of an image is lost, and one that is installed runs."""
        self.hears, self.heard, self.chunks = None, 0, 0
        if not self.installed:
            self.flash.clear()
            self.offers.clear()

    @property
    def has_all(self) -> bool:
        """Whether the image that was offered is there, byte for byte."""
        offer = self.offers[-1]
        return (
            len(self.flash) == offer.size
            and hashlib.sha256(self.flash).digest() == offer.digest
        )

    def _take_offer(self, offer: OfferUpdate) -> list[Told]:
        last = self.offers[-1] if self.offers else None
        self.offers.append(offer)
        if self.refuses is not None:
            return [UpdateOutcome(offer.update, UpdateStatus.FAILED, self.refuses)]
        if last is None or last.digest != offer.digest:
            self.flash.clear()
        return [UpdatePosition(offer.update, len(self.flash))]

    def _take_chunk(self, chunk: UpdateChunk) -> list[Told]:
        self.chunks += 1
        if self.silent_after is not None and self.chunks > self.silent_after:
            return []
        assert chunk.offset == len(self.flash)
        self.flash += chunk.part
        return [UpdatePosition(self.offers[-1].update, len(self.flash))]
