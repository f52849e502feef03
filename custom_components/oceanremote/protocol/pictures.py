"""Pictures of cameras: they come in parts, which anything else overtakes.

The parts of one picture are in order and without gaps, as the carrier keeps them. One
picture of a camera is under way at a time: a first part takes the place of whatever is.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from . import fields
from .domains import Domain
from .entities import EntityAddress
from .errors import CloseReason, RemoteProtocolError
from .limits import MAX_PICTURE, MAX_PICTURE_PART, MAX_PICTURES_UNDER_WAY


@dataclass(frozen=True, slots=True)
class Image:
    """A part of a picture's `total` bytes; without any, there is no picture to send."""

    CODE: ClassVar = 14
    sub: int
    key: int
    offset: int
    total: int
    part: bytes

    def items(self) -> list[Any]:
        """Return the array on the wire."""
        return [self.CODE, self.sub, self.key, self.offset, self.total, self.part]


def read_image(items: list[Any]) -> Image:
    """Return a part that lies within its picture, and that within its bound."""
    sub, key = fields.uint(items[0]), fields.uint(items[1])
    total = fields.uint(items[3], MAX_PICTURE)
    offset = fields.uint(items[2], total)
    part = fields.octets_up_to(items[4], min(MAX_PICTURE_PART, total - offset))
    if not part and total:
        raise fields.malformed("a part without bytes")
    return Image(sub, key, offset, total, part)


class PictureAssembler:
    """The pictures under way on one link."""

    def __init__(self) -> None:
        """Start with none."""
        self._under_way: dict[EntityAddress, tuple[int, bytearray]] = {}

    def add(self, image: Image) -> tuple[EntityAddress, bytes] | None:
        """Take a part; with the last, return the camera and its picture.

        It is empty where the device has none to send. Raises `RemoteProtocolError` for
        a part that does not follow what is there.
        """
        address = EntityAddress(Domain.CAMERA, image.sub, image.key)
        if image.offset == 0:
            self._under_way.pop(address, None)
            if len(self._under_way) >= MAX_PICTURES_UNDER_WAY:
                raise _out_of_order("too many pictures under way")
            self._under_way[address] = image.total, bytearray()
        total, received = self._under_way.get(address, (0, bytearray()))
        if (image.offset, image.total) != (len(received), total):
            raise _out_of_order("image out of order")
        received += image.part
        if len(received) < total:
            return None
        del self._under_way[address]
        return address, bytes(received)


def _out_of_order(detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(CloseReason.UNEXPECTED_MESSAGE, detail)
