"""Pictures: in parts, in order, one of a camera at a time, within their bound."""

from collections.abc import Iterator

import pytest

from custom_components.oceanremote.protocol import (
    CloseReason,
    Domain,
    EntityAddress,
    PictureReceived,
    RemoteProtocolError,
    cbor,
)
from custom_components.oceanremote.protocol.limits import (
    MAX_PICTURE,
    MAX_PICTURE_PART,
    MAX_PICTURES_UNDER_WAY,
)
from custom_components.oceanremote.protocol.message_readers import decode_device_message
from custom_components.oceanremote.protocol.pictures import Image, PictureAssembler
from tests.support.world import World

YARD = EntityAddress(Domain.CAMERA, 0, 6)


def parts(picture: bytes, size: int, key: int = 6) -> Iterator[Image]:
    for offset in range(0, len(picture) or 1, size):
        part = picture[offset : offset + size]
        yield Image(0, key, offset, len(picture), part)


@pytest.mark.parametrize("size", [1, 7, MAX_PICTURE_PART])
def test_a_picture_is_put_together(size: int) -> None:
    pictures = PictureAssembler()
    picture = bytes(range(200)) * (MAX_PICTURE // 200 if size > 7 else 1)
    came = [pictures.add(image) for image in parts(picture, size)]
    assert came[-1] == (YARD, picture)
    assert set(came[:-1]) <= {None}
    assert pictures.add(Image(0, 6, 0, 0, b"")) == (YARD, b"")


def test_a_newer_picture_takes_the_place_of_one_that_is_not_complete() -> None:
    pictures = PictureAssembler()
    assert pictures.add(Image(0, 6, 0, 3, b"ab")) is None
    assert pictures.add(Image(0, 6, 0, 2, b"x")) is None
    assert pictures.add(Image(0, 7, 0, 1, b"o")) == (YARD._replace(key=7), b"o")
    assert pictures.add(Image(0, 6, 1, 2, b"y")) == (YARD, b"xy")


@pytest.mark.parametrize(
    "image",
    [
        Image(0, 6, 3, 4, b"d"),
        Image(0, 6, 1, 4, b"b"),
        Image(0, 6, 2, 5, b"c"),
        Image(0, 7, 2, 4, b"c"),
        Image(1, 6, 2, 4, b"c"),
        Image(0, 7, 4, 4, b""),
    ],
)
def test_a_part_out_of_order_is_refused(image: Image) -> None:
    pictures = PictureAssembler()
    assert pictures.add(Image(0, 6, 0, 4, b"ab")) is None
    with pytest.raises(RemoteProtocolError, match="image out of order") as caught:
        pictures.add(image)
    assert caught.value.reason is CloseReason.UNEXPECTED_MESSAGE


def test_only_so_many_pictures_are_under_way() -> None:
    pictures = PictureAssembler()
    for key in range(MAX_PICTURES_UNDER_WAY):
        assert pictures.add(Image(0, key, 0, 2, b"a")) is None
    assert pictures.add(Image(0, 0, 0, 2, b"a")) is None
    with pytest.raises(RemoteProtocolError, match="too many pictures"):
        pictures.add(Image(0, 99, 0, 2, b"a"))


@pytest.mark.parametrize(
    "items",
    [
        [14, 0, 6, 0, MAX_PICTURE + 1, b"a"],
        [14, 0, 6, 2, 1, b""],
        [14, 0, 6, 0, 1, b"ab"],
        [14, 0, 6, 0, 2, b""],
        [14, 0, 6, 0, MAX_PICTURE, bytes(MAX_PICTURE_PART + 1)],
        [14, 1 << 32, 6, 0, 1, b"a"],
        [14, 0, 6, 0, 1, "a"],
        [14, 0, 6, 0, 1],
    ],
)
def test_a_part_outside_of_its_picture_is_malformed(items: list[object]) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_device_message(cbor.encode(items))
    assert caught.value.reason is CloseReason.MALFORMED_MESSAGE


def test_a_picture_reaches_the_hub(world: World) -> None:
    for image in parts(b"jpeg", 3):
        world.device.send_image(image, world.now)
    world.pump()
    assert world.hub_said(PictureReceived) == [PictureReceived(YARD, b"jpeg")]
    world.device.send_image(Image(0, 6, 5, 9, b"x"), world.now)
    world.pump()
    assert world.hub_end.reason is CloseReason.UNEXPECTED_MESSAGE
