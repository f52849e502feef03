"""What whoever wants a device updated is told when it is not."""

from ..common.errors import OceanRemoteError
from ..policy.firmware_image import ImageError


class TakesNoUpdatesError(OceanRemoteError):
    """Its firmware has no `ota:` of our platform."""

    key = "takes_no_updates"


class UpdateUnderWayError(OceanRemoteError):
    """The device is being updated already."""

    key = "update_under_way"


class UpdateNotTrustedError(OceanRemoteError):
    """The device is not trusted now: nothing is sent to it."""

    key = "update_not_trusted"


class AnotherFirstError(OceanRemoteError):
    """A board of the same kind has an update that it has not come back from yet."""

    key = "another_board_first"


class NothingToInstallError(OceanRemoteError):
    """No image is kept for the device."""

    key = "nothing_to_install"


class UpdateFailedError(OceanRemoteError):
    """The update was begun, and the device does not run the new firmware."""

    key = "update_failed"


class ImageUnreadableError(OceanRemoteError):
    """The file cannot be read, or not put on the disk for the time being."""

    key = "image_unreadable"


class ImageRefusedError(OceanRemoteError):
    """The image is not for this device."""

    def __init__(self, error: ImageError, name: str, chip: str) -> None:
        """Say why, by the fault that was found."""
        self.key = error.fault.value
        self.fault = error.fault
        super().__init__(name=name, chip=chip, found=error.detail)
