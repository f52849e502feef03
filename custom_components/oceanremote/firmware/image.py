"""An image on its way to a device; it lies on the disk, without a name."""

import hashlib
import mmap
import tempfile

from ..policy.firmware_image import ImageInfo, read_image
from ..protocol.limits import MAX_FIRMWARE
from ..protocol.updates import UpdateFacts


class FirmwareImage:
    """An image that has been checked; `close` gives its room on the disk back."""

    def __init__(self, data: mmap.mmap, info: ImageInfo) -> None:
        """Own the mapping of a file that has no other owner."""
        self._data = data
        self.info = info
        self.size = len(data)
        self.digest = hashlib.sha256(data).digest()

    def contains_build(self, build: str) -> bool:
        """Whether it is the build of that name."""
        return build in self.info.builds

    def part(self, offset: int, size: int) -> bytes:
        """Return a part of it."""
        return self._data[offset : offset + size]

    def close(self) -> None:
        """Forget it."""
        self._data.close()


def check_and_keep(
    data: bytes, facts: UpdateFacts, hub_key: bytes, folder: str
) -> FirmwareImage:
    """Check an image for a device and put it on the disk; blocks.

    The file has no name, so nothing of it outlives the process. Raises ImageError and
    OSError.
    """
    info = read_image(
        data,
        chip=facts.chip,
        hub_key=hub_key,
        takes_gzip=facts.gzip,
        limit=MAX_FIRMWARE,
    )
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(data)
        file.flush()
        return FirmwareImage(
            mmap.mmap(file.fileno(), len(data), access=mmap.ACCESS_READ), info
        )
