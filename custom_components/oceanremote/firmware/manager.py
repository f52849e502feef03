"""Updates of the hub's devices: who may have one now, and what is written down of it.

A board that keeps its old image returns to it by itself. One that does not may be lost
with a bad image; so of each kind of those one board goes first, and the others are
refused until it is back.
"""

from asyncio import Future
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..common.const import LOGGER
from ..common.errors import DeviceOfflineError
from ..device.coordinator import DeviceCoordinator
from ..device.updates import ASLEEP, AWAY, UpdateEnd, UpdateResult
from ..hub import Hub
from ..policy.audit.kinds import AuditKind
from ..policy.firmware_image import ImageError
from ..protocol.updates import UpdateFacts
from .errors import (
    ImageRefusedError,
    ImageUnreadableError,
    NothingToInstallError,
    TakesNoUpdatesError,
    UpdateFailedError,
    UpdateNotTrustedError,
    UpdateUnderWayError,
)
from .first import FirstBoards
from .image import FirmwareImage, check_and_keep
from .ports import upload_place
from .uploads import UploadPort


class FirmwareManager:
    """Has devices updated, one update of a device at a time."""

    def __init__(self, hass: HomeAssistant, hub: Hub) -> None:
        """Keep no image yet."""
        self._hass = hass
        self._hub = hub
        self._kept: dict[DeviceCoordinator, FirmwareImage] = {}
        self._first = FirstBoards(hass, hub)
        self._ports: dict[DeviceCoordinator, UploadPort] = {}
        self._uploading: set[UploadPort] = set()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Serve every device, those to come included; return how to end that."""
        return self._hub.async_subscribe_devices(self._serve)

    @callback
    def async_stop(self) -> None:
        """Give up what is under way, and all images."""
        for coordinator in self._hub.coordinators.values():
            coordinator.updates.stop()
        for image in self._kept.values():
            image.close()
        self._kept.clear()
        for port in self._ports.values():
            port.close()
        self._ports.clear()

    def _serve(self, coordinator: DeviceCoordinator) -> None:
        coordinator.updates.on_install = partial(self.async_install, coordinator)
        self._first.follow(coordinator)
        coordinator.subscribe_availability(partial(self._first.look, coordinator))
        coordinator.subscribe_availability(partial(self._watch_port, coordinator))
        self._watch_port(coordinator)

    @callback
    def _watch_port(self, coordinator: DeviceCoordinator) -> None:
        """Listen for uploads while the device takes some and is trusted."""
        place = upload_place(self._hub.vault, coordinator.enrolment_id)
        wanted = (
            place is not None
            and coordinator.trusted
            and coordinator.updates.facts is not None
        )
        if not wanted and (port := self._ports.pop(coordinator, None)) is not None:
            port.close()
        if wanted and coordinator not in self._ports:
            assert place is not None
            port = UploadPort(
                coordinator,
                place.password,
                check=partial(self.async_check, coordinator),
                run=partial(self.async_run, coordinator),
                receiving=self._uploading,
            )
            self._ports[coordinator] = port
            self._hass.async_create_task(
                self._async_open(coordinator, port, place.port),
                "oceanremote upload port",
            )

    async def _async_open(
        self, coordinator: DeviceCoordinator, port: UploadPort, number: int
    ) -> None:
        try:
            await port.async_open(number)
        except OSError as err:
            LOGGER.error(
                "%s: no firmware can be uploaded at port %s: %s",
                coordinator.name,
                number,
                err,
            )
            # It is tried again when the device comes back.
            if self._ports.get(coordinator) is port:
                del self._ports[coordinator]
        if self._ports.get(coordinator) is not port:
            port.close()

    @callback
    def forget_removed(self) -> None:
        """Listen no more for devices that are gone, and keep nothing for them."""
        present = set(self._hub.coordinators.values())
        for coordinator in self._ports.keys() - present:
            self._ports.pop(coordinator).close()
        for coordinator in self._kept.keys() - present:
            self._forget(coordinator)

    async def async_update(
        self,
        coordinator: DeviceCoordinator,
        data: bytes,
        *,
        by: str,
        user_id: str | None,
    ) -> UpdateEnd:
        """Check an image, have it installed, and return how that has ended.

        Raises OceanRemoteError where it is not begun.
        """
        image = await self.async_check(coordinator, data, by, user_id=user_id)
        del data  # It lies on the disk now; a device that sleeps may take it in days.
        return await self.async_run(coordinator, image, by, user_id=user_id)

    async def async_keep(
        self, coordinator: DeviceCoordinator, data: bytes, *, user_id: str | None
    ) -> FirmwareImage:
        """Keep an image until somebody has it installed; raises as async_update."""
        image = await self.async_check(coordinator, data, "kept", user_id=user_id)
        self._forget(coordinator)
        self._kept[coordinator] = image
        coordinator.updates.kept = image.info
        coordinator.notify()
        return image

    async def async_install(
        self, coordinator: DeviceCoordinator, user_id: str | None
    ) -> None:
        """Have the image installed that is kept; raises OceanRemoteError."""
        if (image := self._kept.get(coordinator)) is None:
            raise NothingToInstallError(name=coordinator.name)
        end = await self.async_run(coordinator, image, "kept", user_id=user_id)
        if end.result is not UpdateResult.INSTALLED:
            raise UpdateFailedError(name=coordinator.name, reason=str(end))

    async def async_check(
        self,
        coordinator: DeviceCoordinator,
        data: bytes,
        by: str,
        *,
        user_id: str | None = None,
    ) -> FirmwareImage:
        """Return an image that the device may have; raises OceanRemoteError."""
        facts = self._facts_of(coordinator)
        key = self._hub.vault.hub_key.public
        folder = self._hass.config.config_dir
        try:
            return await self._hass.async_add_executor_job(
                check_and_keep, data, facts, key, folder
            )
        except ImageError as err:
            self._note(coordinator, "image refused", by, user_id, str(err))
            raise ImageRefusedError(err, coordinator.name, facts.chip) from err
        except OSError as err:
            raise ImageUnreadableError(reason=str(err)) from err

    # -- one update ---------------------------------------------------------

    async def async_run(
        self,
        coordinator: DeviceCoordinator,
        image: FirmwareImage,
        by: str,
        *,
        user_id: str | None = None,
    ) -> UpdateEnd:
        """Have an image installed that was checked; return how that has ended.

        Closes the image, unless it is kept. Raises OceanRemoteError where the update
        is not begun.
        """
        kept = self._kept.get(coordinator)
        try:
            end = await self._async_run(coordinator, image, by, user_id)
        finally:
            self._close_unneeded(coordinator, image)
        # What was kept before is older than what was installed, or the same.
        still_kept = kept is not None and self._kept.get(coordinator) is kept
        if end.result is UpdateResult.INSTALLED and still_kept:
            self._forget(coordinator)
            coordinator.notify()
        return end

    async def _async_run(
        self,
        coordinator: DeviceCoordinator,
        image: FirmwareImage,
        by: str,
        user_id: str | None,
    ) -> UpdateEnd:
        updates = coordinator.updates
        facts = self._facts_of(coordinator)
        self._first.check(coordinator, facts)
        may_wait = coordinator.presence.asleep or updates.waiting
        if not coordinator.connected and not may_wait:
            raise DeviceOfflineError(name=coordinator.name)
        what = f"{image.info.version}, {image.size} B, SHA-256 {image.digest.hex()}"
        note = partial(self._note, coordinator, by=by, user_id=user_id)
        note("begun", detail=what)
        self._first.begin(coordinator, facts)
        patience = ASLEEP if coordinator.presence.sleeps else AWAY
        done = updates.start(image, patience=patience)
        async with self._held(coordinator, done):
            end = await done
        if end.result in (UpdateResult.INSTALLED, UpdateResult.FELL_BACK):
            self._first.came_back(coordinator)
        else:
            self._first.look(coordinator)
        reset = f"; reset: {end.reset_reason}" if end.reset_reason else ""
        note(end.result.value, detail=f"{end}; {what}{reset}")
        return end

    @asynccontextmanager
    async def _held(
        self, coordinator: DeviceCoordinator, done: Future[UpdateEnd]
    ) -> AsyncIterator[None]:
        """Hold the device awake; give the update up when it is trusted no more."""
        updates = coordinator.updates

        @callback
        def look() -> None:
            if not coordinator.trusted:
                updates.cancel("the device is not trusted any more")

        end_following = coordinator.subscribe_availability(look)
        coordinator.presence.hold(update=True)
        try:
            yield
        finally:
            end_following()
            # Another update that has taken its place holds the device awake itself.
            if updates.done in (None, done):
                # Whoever waited is gone: what has begun is not left half done unseen.
                updates.cancel("nobody waits for it any more")
                coordinator.presence.hold(update=False)

    def _facts_of(self, coordinator: DeviceCoordinator) -> UpdateFacts:
        if not coordinator.trusted:
            raise UpdateNotTrustedError(name=coordinator.name)
        if coordinator.updates.under_way and not coordinator.updates.waiting:
            raise UpdateUnderWayError(name=coordinator.name)
        facts = coordinator.updates.facts
        if facts is None:
            if not coordinator.connected:
                raise DeviceOfflineError(name=coordinator.name)
            raise TakesNoUpdatesError(name=coordinator.name)
        return facts

    def _forget(self, coordinator: DeviceCoordinator) -> None:
        coordinator.updates.kept = None
        if (image := self._kept.pop(coordinator, None)) is not None:
            self._close_unneeded(coordinator, image)

    def _close_unneeded(
        self, coordinator: DeviceCoordinator, image: FirmwareImage
    ) -> None:
        """Close an image that is neither kept nor on its way."""
        if image not in (self._kept.get(coordinator), coordinator.updates.firmware):
            image.close()

    def _note(
        self,
        coordinator: DeviceCoordinator,
        outcome: str,
        by: str,
        user_id: str | None,
        detail: str,
    ) -> None:
        self._hub.record(
            AuditKind.UPDATE,
            outcome,
            enrolment_id=coordinator.enrolment_id,
            detail=f"{by}: {detail}",
            user_id=user_id,
        )
